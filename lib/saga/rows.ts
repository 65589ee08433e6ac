import type { PlannedCommand, Row, Saga } from './saga';
import type { StepRef } from './step-ref';
import { substitutionOf } from './task-state';

/** Every step that the saga may call, each once. */
export function stepsOf(saga: Saga): StepRef[] {
  const steps = commandsOf(saga).map((command) => command.step);
  return [...new Map(steps.map((step) => [substitutionOf(step), step])).values()];
}

/** Every step that the undo-only machine of the saga may call, each once. */
export function undoStepsOf(saga: Saga): StepRef[] {
  const forward = new Set(saga.rows.filter(({ kind }) => kind !== 'retryable').map(({ step }) => substitutionOf(step)));
  return stepsOf(saga).filter((step) => !forward.has(substitutionOf(step)));
}

/** Whether the saga has anything to undo, and so an undo-only machine. */
export function hasUndos(saga: Saga): boolean {
  return saga.rows.some((row) => undoOf(row) !== undefined);
}

/** The undo of a row, if it has one. */
export function undoOf(row: Row): PlannedCommand | undefined {
  return row.kind === 'compensatable' && row.undo !== 'nothing' ? row.undo : undefined;
}

/** Where the pivot stands, and what settles it. */
export function pivotOf(saga: Saga): { abandon: PlannedCommand; index: number } {
  const index = saga.rows.findIndex(({ kind }) => kind === 'pivot');
  const row = saga.rows[index];
  if (row?.kind !== 'pivot') throw new Error(`saga ${saga.name} has no pivot`);
  return { abandon: row.abandon, index };
}

function commandsOf({ rows, whenUndone, whenParked }: Saga): PlannedCommand[] {
  const ofRows = rows.flatMap((row) => {
    const undo = undoOf(row);
    if (row.kind === 'pivot') return [row, row.abandon];
    return undo ? [row, undo] : [row];
  });
  return [...ofRows, whenUndone, whenParked];
}
