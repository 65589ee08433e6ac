import { pascalCase } from '../service/names';
import { toJsonata } from './expression';
import { budgetSeconds, type RetryPolicy, STEP_RETRY, taskTimeoutSeconds, toRetrier, UNDO_RETRY } from './retry-policy';
import type { PlannedCommand, Row, Saga } from './saga';
import type { StepRef } from './step-ref';

type State = Readonly<Record<string, unknown>>;
type NamedState = readonly [name: string, state: State];

/** Errors that mean "no" rather than "not now", whatever the step: see lib/errors/saga-errors.ts. */
const NEVER_RETRIED = ['DeadlineExceededError', 'StepUndoneError', 'InvalidCommandError'];

const ALL_UNDONE = 'WereAllUndone';
const PIVOT_HAPPENED = 'DidThePivotHappen';
const COMPLETED = 'Completed';
const PARKED = 'Parked';

/** The name under which the ARN of a step's function is substituted into the text, as `${InventoryReserveStock}`. */
export function substitutionOf(step: StepRef): string {
  return pascalCase(`${step.service}-${step.handler}`);
}

/** Every step that the saga may call, each once. */
export function stepsOf(saga: Saga): StepRef[] {
  const commands = saga.rows.flatMap((row) => {
    if (row.kind === 'compensatable') return row.undo === 'nothing' ? [row] : [row, row.undo];
    return row.kind === 'pivot' ? [row, row.abandon] : [row];
  });
  const steps = [...commands, saga.whenUndone, saga.whenParked].map((command) => command.step);
  return [...new Map(steps.map((step) => [substitutionOf(step), step])).values()];
}

/**
 * The saga as a state machine in the Amazon States Language (JSONata): the forward steps, the undo of every attempted step in
 * strict reverse order, the failed one included, and the two ways to end without success.
 *
 * There is no time limit over the whole: it would end the execution without any undo.
 *
 * @throws {Error} when two commands have one name: a state would stand for both.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function toAsl(saga: Saga): State {
  const named = [...saga.rows.flatMap((row, index) => rowStates(saga, row, index)), ...endStates(saga)];
  const names = named.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`saga ${saga.name}: the name ${twice} stands for two states`);
  return { QueryLanguage: 'JSONata', StartAt: saga.rows[0]?.step.name, States: Object.fromEntries(named) };
}

function endStates({ whenUndone, whenParked }: Saga): NamedState[] {
  const allUndone = {
    Type: 'Choice',
    Choices: [{ Condition: '{% $count($failedUndos) = 0 %}', Next: whenUndone.step.name }],
    Default: whenParked.step.name,
  };
  const undone = {
    ...task(whenUndone, UNDO_RETRY),
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: noteFailedUndo(whenUndone), Next: whenParked.step.name }],
    Output: { outcome: 'compensated' },
    End: true,
  };
  const parked = {
    ...task(whenParked, UNDO_RETRY),
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

function rowStates(saga: Saga, row: Row, index: number): NamedState[] {
  const next = saga.rows[index + 1]?.step.name;
  const onwards = next === undefined ? { Output: { outcome: 'completed' }, End: true } : { Next: next };
  switch (row.kind) {
    case 'compensatable': {
      const step: NamedState = [
        row.step.name,
        { ...forward(saga, row, STEP_RETRY, undoFrom(saga, index)), ...onwards },
      ];
      return row.undo === 'nothing' ? [step] : [step, [row.undo.step.name, undoState(saga, row.undo, index)]];
    }
    case 'pivot': {
      const step = forward(saga, row, STEP_RETRY, undoFrom(saga, index), row.abandon.step.name);
      return [[row.step.name, { ...step, ...onwards }], ...abandonStates(saga, row.abandon, index, next)];
    }
    case 'retryable':
      return [[row.step.name, { ...forward(saga, row, UNDO_RETRY, saga.whenParked.step.name), ...onwards }]];
  }
}

/** A step: refusals and what is left after the retries are told apart in the catchers. */
function forward(saga: Saga, row: Row, retry: RetryPolicy, onRefusal: string, onUnknown = onRefusal): State {
  const refusals = Object.entries(row.refusals);
  const catcher = (errors: string[], code: string, next: string) => ({
    ErrorEquals: errors,
    Assign: { failure: failureOf(row.step.name, code), failedUndos: [] },
    Next: next,
  });
  return {
    ...task(row, retry, Object.keys(row.refusals)),
    ...(isResultUsed(saga, row.step.name) && { Assign: { [row.step.name]: '{% $states.result.Payload %}' } }),
    Catch: [
      ...refusals.map(([error, code]) => catcher([error], code, onRefusal)),
      catcher(['States.ALL'], row.unavailable, onUnknown),
    ],
  };
}

/** An undo. Its failure is remembered and does not stop the undos before it. */
function undoState(saga: Saga, undo: PlannedCommand, index: number): State {
  const next = undoFrom(saga, index - 1);
  return {
    ...task(undo, UNDO_RETRY),
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: noteFailedUndo(undo), Next: next }],
    Next: next,
  };
}

/** The settlement of a pivot whose outcome is unknown. While it is not settled, nothing may be undone: it is parked. */
function abandonStates(saga: Saga, abandon: PlannedCommand, index: number, next: string | undefined): NamedState[] {
  const settle = {
    ...task(abandon, UNDO_RETRY),
    Assign: { pivotOutcome: '{% $states.result.Payload.outcome %}' },
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: noteFailedUndo(abandon), Next: saga.whenParked.step.name }],
    Next: PIVOT_HAPPENED,
  };
  const decide = {
    Type: 'Choice',
    Choices: [{ Condition: "{% $pivotOutcome = 'happened' %}", Next: next ?? COMPLETED }],
    Default: undoFrom(saga, index - 1),
  };
  const completed: NamedState = [COMPLETED, { Type: 'Succeed', Output: { outcome: 'completed' } }];
  return [[abandon.step.name, settle], [PIVOT_HAPPENED, decide], ...(next === undefined ? [completed] : [])];
}

/** The first undo to run when the row at `index` was the last one attempted. */
function undoFrom(saga: Saga, index: number): string {
  for (let at = index; at >= 0; at -= 1) {
    const row = saga.rows[at];
    if (row?.kind === 'compensatable' && row.undo !== 'nothing') return row.undo.step.name;
  }
  return ALL_UNDONE;
}

function noteFailedUndo(command: PlannedCommand): State {
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

/** The call of one command. Key and deadline are the same on every attempt. */
function task(command: PlannedCommand, retry: RetryPolicy, refusals: string[] = []): State {
  const { step } = command;
  const budgetMs = budgetSeconds(retry, step.timeoutSeconds) * 1000;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: `\${${substitutionOf(step)}}`,
      Payload: {
        sagaId: '{% $states.context.Execution.Name %}',
        step: step.name,
        idempotencyKey: `{% $states.context.Execution.Name & '/${step.name}' %}`,
        notAfter: `{% $fromMillis($toMillis($states.context.State.EnteredTime) + ${budgetMs}) %}`,
        arguments: toJsonata(command.arguments),
      },
    },
    TimeoutSeconds: taskTimeoutSeconds(step.timeoutSeconds),
    Retry: [{ ErrorEquals: [...refusals, ...NEVER_RETRIED], MaxAttempts: 0 }, toRetrier(retry)],
  };
}

/** State data is limited to 256 KB, so a result is kept only where a later command reads it. */
function isResultUsed(saga: Saga, name: string): boolean {
  const reads = JSON.stringify(saga.rows.map((row) => toJsonata(row)));
  return new RegExp(`\\{% \\$${name}\\b`).test(reads);
}
