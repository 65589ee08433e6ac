import { toJsonata } from './expression';
import { pivotOf, undoOf } from './rows';
import { INPUT_PATH, type PlannedCommand, type Row, type Saga } from './saga';
import { type State, stepState, taskState } from './task-state';

type NamedState = readonly [name: string, state: State];

const BEGIN_UNDO = 'BeginUndo';
const ALL_UNDONE = 'WereAllUndone';
const PIVOT_HAPPENED = 'DidThePivotHappen';
const COMPLETED = 'Completed';
const PARKED = 'Parked';

/**
 * The saga as a state machine in the Amazon States Language (JSONata): the forward steps; when one fails, the pivot's settlement
 * and then the undos in strict reverse order, the failed step's own included; and the two ways to end without success.
 *
 * An execution that is alone undoes what it has attempted. One that may not be (an Express execution, which AWS may start
 * twice; a repair, after which a late command of the one before may still arrive) undoes every row: the undo of what never ran
 * leaves a mark that a late step meets.
 *
 * There is no time limit over the whole: it would end the execution without any undo.
 *
 * @throws {Error} when two commands have one name: a state would stand for both.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html for the at-least-once of Express
 */
export function toAsl(saga: Saga): State {
  return toMachine(saga, saga.rows[0]?.step.name ?? '', [
    ...saga.rows.flatMap((row, index) => rowStates(saga, row, index)),
    ...giveUpStates(saga),
  ]);
}

/**
 * The undo-only machine, made from the same rows: it settles the pivot, undoes every row, and ends as the saga would. Its input is
 * the saga's with `failure: { code, step, error }` beside it. When the pivot turns out to have happened, it goes on after it.
 */
export function toUndoAsl(saga: Saga): State {
  const begin = {
    Type: 'Pass',
    Assign: { failure: `{% ${INPUT_PATH}.failure %}`, failedUndos: [] },
    Next: pivotOf(saga).abandon.step.name,
  };
  const after = saga.rows.flatMap((row, index) => (row.kind === 'retryable' ? rowStates(saga, row, index) : []));
  return toMachine(saga, BEGIN_UNDO, [[BEGIN_UNDO, begin], ...after, ...giveUpStates(saga)]);
}

function toMachine(saga: Saga, start: string, named: readonly NamedState[]): State {
  const names = named.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`saga ${saga.name}: the name ${twice} stands for two states`);
  return { QueryLanguage: 'JSONata', StartAt: start, States: Object.fromEntries(named) };
}

/** A row's own step: refusals and what is left after the retries are told apart in the catchers. */
function rowStates(saga: Saga, row: Row, index: number): NamedState[] {
  const next = saga.rows[index + 1]?.step.name;
  const onFailure = row.kind === 'retryable' ? saga.whenParked.step.name : pivotOf(saga).abandon.step.name;
  const catcher = (errors: readonly string[], code: string) => ({
    ErrorEquals: errors,
    Assign: { failure: failureOf(row.step.name, code), failedUndos: [] },
    Next: onFailure,
  });
  const call = row.kind === 'retryable' ? taskState : stepState;
  const state = {
    ...call(saga.idKey, row, Object.keys(row.refusals)),
    ...(isResultUsed(saga, row.step.name) && { Assign: { [row.step.name]: '{% $states.result.Payload %}' } }),
    Catch: [
      ...Object.entries(row.refusals).map(([error, code]) => catcher([error], code)),
      catcher(['States.ALL'], row.unavailable),
    ],
    ...(next === undefined ? { Output: { outcome: 'completed' }, End: true } : { Next: next }),
  };
  return [[row.step.name, state]];
}

/** Everything that follows a failure before the pivot, and the endings. */
function giveUpStates(saga: Saga): NamedState[] {
  const { abandon, index } = pivotOf(saga);
  const next = saga.rows[index + 1]?.step.name;
  const completed: NamedState = [COMPLETED, { Type: 'Succeed', Output: { outcome: 'completed' } }];
  return [
    // While it is not certain whether the pivot happened, nothing may be undone: the saga is parked.
    [
      abandon.step.name,
      {
        ...taskState(saga.idKey, abandon),
        Assign: { pivotOutcome: '{% $states.result.Payload.outcome %}' },
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: noteFailed(abandon), Next: saga.whenParked.step.name }],
        Next: PIVOT_HAPPENED,
      },
    ],
    [PIVOT_HAPPENED, whatToUndo(saga, next ?? COMPLETED)],
    ...(next === undefined ? [completed] : []),
    ...saga.rows.flatMap((row, at) => undoState(saga, row, at)),
    ...endStates(saga),
  ];
}

function whatToUndo(saga: Saga, happened: string): State {
  const all = undoFrom(saga, saga.rows.length - 1);
  const partly = saga.rows
    .map((row, index) => ({ Condition: `{% $failure.step = '${row.step.name}' %}`, Next: undoFrom(saga, index), row }))
    .filter(({ Next, row }) => row.kind === 'compensatable' && Next !== all)
    .map(({ Condition, Next }) => ({ Condition, Next }));
  const isExpress = "$contains($states.context.Execution.Id, ':express:')";
  const isRepair = `$states.context.Execution.Name != ${INPUT_PATH}.${saga.idKey}`;
  return {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $pivotOutcome = 'happened' %}", Next: happened },
      ...(partly.length > 0 ? [{ Condition: `{% ${isExpress} or ${isRepair} %}`, Next: all }, ...partly] : []),
    ],
    Default: all,
  };
}

/** An undo. Its failure is remembered and does not stop the undos before it. */
function undoState(saga: Saga, row: Row, index: number): NamedState[] {
  const undo = undoOf(row);
  if (!undo) return [];
  const next = undoFrom(saga, index - 1);
  const onFailure = { ErrorEquals: ['States.ALL'], Assign: noteFailed(undo), Next: next };
  return [[undo.step.name, { ...taskState(saga.idKey, undo, undo.finalErrors), Catch: [onFailure], Next: next }]];
}

function endStates({ idKey, whenUndone, whenParked }: Saga): NamedState[] {
  const allUndone = {
    Type: 'Choice',
    Choices: [{ Condition: '{% $count($failedUndos) = 0 %}', Next: whenUndone.step.name }],
    Default: whenParked.step.name,
  };
  const undone = {
    ...taskState(idKey, whenUndone),
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: noteFailed(whenUndone), Next: whenParked.step.name }],
    Output: { outcome: 'compensated' },
    End: true,
  };
  const parked = {
    ...taskState(idKey, whenParked),
    Catch: [{ ErrorEquals: ['States.ALL'], Next: PARKED }],
    Next: PARKED,
  };
  const failed = {
    Type: 'Fail',
    Error: 'SagaParked',
    Cause: '{% "not finished: " & ($count($failedUndos) = 0 ? $failure.step : $join($failedUndos, ", ")) %}',
  };
  return [
    [ALL_UNDONE, allUndone],
    [whenUndone.step.name, undone],
    [whenParked.step.name, parked],
    [PARKED, failed],
  ];
}

/** The first undo to run when the row at `index` was the last one attempted. */
function undoFrom(saga: Saga, index: number): string {
  const last = saga.rows.slice(0, index + 1).findLast((row) => undoOf(row) !== undefined);
  return (last && undoOf(last)?.step.name) ?? ALL_UNDONE;
}

function noteFailed(command: PlannedCommand): State {
  return { failedUndos: `{% $append($failedUndos, '${command.step.name}') %}` };
}

function failureOf(step: string, code: string): State {
  return {
    code,
    step,
    error: '{% $states.errorOutput.Error %}',
    cause: '{% $exists($states.errorOutput.Cause) ? $substring($states.errorOutput.Cause, 0, 2000) : "" %}',
  };
}

/** State data is limited to 256 KB, so a result is kept only where a later command reads it. */
function isResultUsed(saga: Saga, name: string): boolean {
  const reads = JSON.stringify(saga.rows.map((row) => toJsonata(row)));
  return new RegExp(`\\{% \\$${name}\\b`).test(reads);
}
