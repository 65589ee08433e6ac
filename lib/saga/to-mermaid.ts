import { hasUndos, pivotOf, undoOf } from './rows';
import type { Row, Saga } from './saga';

const START = 'start';
const ALL_UNDONE = 'allUndone';
const COMPLETED = 'completed';
const COMPENSATED = 'compensated';
const PARKED = 'parked';

/**
 * The saga as a Mermaid flowchart: solid arrows are what happens when all goes well, dotted ones what follows a failure. The steps go
 * down; the codes for which one gives up lead to the settlement of the pivot, and from there the undos go back, the last one first.
 * Choices that the state machine needs for nothing but its own text are left out.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function toMermaid(saga: Saga): string {
  const lines = [
    ...saga.rows.map((row, index) => `${row.step.name}${shapeOf(row, index + 1)}`),
    ...forwardEdges(saga),
    '',
    ...settlement(saga),
    ...undoChain(saga),
    '',
    ...endings(saga),
  ];
  return ['flowchart TD', ...lines.map((line) => (line === '' ? '' : `  ${line}`))].join('\n');
}

function shapeOf(row: Row, number: number): string {
  switch (row.kind) {
    case 'compensatable':
      return `["${number} ${row.step.name}"]`;
    case 'pivot':
      return `{{"${number} ${row.step.name}<br>pivot"}}`;
    case 'retryable':
      return `["${number} ${row.step.name}<br>never undone"]`;
  }
}

function forwardEdges({ name, rows, whenParked }: Saga): string[] {
  const stops = [`${START}(["${name}"])`, ...rows.map(({ step }) => step.name), `${COMPLETED}(["completed"])`];
  const onwards = stops.slice(1).map((stop, index) => `${stops[index]} --> ${stop}`);
  const failures = rows
    .filter(({ kind }) => kind === 'retryable')
    .map(({ step, unavailable }) => failed(step.name, whenParked.step.name, unavailable));
  return [...onwards, ...failures];
}

/** Every failure up to the pivot leads here. */
function settlement(saga: Saga): string[] {
  const { abandon, index } = pivotOf(saga);
  const settle = abandon.step.name;
  const attempted = saga.rows.slice(0, index + 1);
  const next = saga.rows[index + 1]?.step.name ?? COMPLETED;
  return [
    `${settle}{"${settle}<br>did ${attempted.at(-1)?.step.name} happen?"}`,
    ...attempted.map(({ step, refusals, unavailable }) =>
      failed(step.name, settle, [...new Set([...Object.values(refusals), unavailable])].join('<br>')),
    ),
    `${settle} -- "happened" --> ${next}`,
    failed(settle, saga.whenParked.step.name, 'not certain'),
  ];
}

function undoChain(saga: Saga): string[] {
  const undos = saga.rows.flatMap((row) => {
    const undo = undoOf(row);
    return undo ? [{ name: undo.step.name, of: row.step.name }] : [];
  });
  const stops = [...undos.map(({ name }) => name).reverse(), hasUndos(saga) ? ALL_UNDONE : saga.whenUndone.step.name];
  return [
    ...undos.map(({ name, of }) => `${name}["${name}<br>undoes ${of}"]`),
    failed(pivotOf(saga).abandon.step.name, stops[0] ?? '', 'abandoned'),
    ...stops.slice(1).map((stop, index) => failed(stops[index] ?? '', stop)),
  ];
}

function endings(saga: Saga): string[] {
  const [undone, park] = [saga.whenUndone.step.name, saga.whenParked.step.name];
  const wereAllUndone = [
    `${ALL_UNDONE}{"all undone?"}`,
    failed(ALL_UNDONE, undone, 'yes'),
    failed(ALL_UNDONE, park, 'no'),
  ];
  return [
    ...(hasUndos(saga) ? wereAllUndone : []),
    failed(undone, `${COMPENSATED}(["compensated"])`),
    failed(undone, park, 'fails'),
    failed(park, `${PARKED}[["parked: somebody must look"]]`),
  ];
}

/** A dotted arrow: what follows when something has gone wrong. */
function failed(from: string, to: string, why?: string): string {
  return why === undefined ? `${from} -.-> ${to}` : `${from} -. "${why}" .-> ${to}`;
}
