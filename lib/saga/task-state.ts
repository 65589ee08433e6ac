import { pascalCase } from '../service/names';
import { toJsonata } from './expression';
import { budgetSeconds, taskTimeoutSeconds, toRetriers, waitsLeftMs } from './retry-policy';
import { INPUT_PATH, type PlannedCommand } from './saga';
import type { StepRef } from './step-ref';

/** One state, in the Amazon States Language. */
export type State = Readonly<Record<string, unknown>>;

/** Errors that mean "no" rather than "not now", whatever the step: see lib/errors/saga-errors.ts. */
const NEVER_RETRIED = ['DeadlineExceededError', 'StepUndoneError', 'InvalidCommandError', 'IllegalStateError'];

/** The name under which the ARN of a step's function is substituted into the text, as `${InventoryReserveStock}`. */
export function substitutionOf(step: StepRef): string {
  return pascalCase(`${step.service}-${step.handler}`);
}

/**
 * The call of one command. Saga, key and deadline are the same on every attempt, and key and saga in every execution; errors in
 * `refusals` are never repeated.
 */
export function taskState(idKey: string, command: PlannedCommand, refusals: readonly string[] = []): State {
  return stateOf(idKey, command, refusals, {});
}

/**
 * The call of a step that can be given up. While the circuit to a party is open, it is worth a repeat if the repeats that are left wait for
 * long enough; the step is told how long they do, and tells the two apart by its errors.
 *
 * @see lib/lambda/step-handler.ts
 */
export function stepState(idKey: string, command: PlannedCommand, refusals: readonly string[]): State {
  return stateOf(idKey, command, [...refusals, 'CircuitOpenError'], { waitLeftMs: waitLeftMs(command) });
}

function stateOf(idKey: string, command: PlannedCommand, refusals: readonly string[], more: object): State {
  const { step, retry } = command;
  const sagaId = `${INPUT_PATH}.${idKey}`;
  const budgetMs = budgetSeconds(retry, step.timeoutSeconds) * 1000;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: `\${${substitutionOf(step)}}`,
      Payload: {
        sagaId: `{% ${sagaId} %}`,
        step: step.name,
        idempotencyKey: `{% ${sagaId} & '/${step.name}' %}`,
        notAfter: `{% $fromMillis($toMillis($states.context.State.EnteredTime) + ${budgetMs}) %}`,
        ...more,
        arguments: toJsonata(command.arguments),
      },
    },
    TimeoutSeconds: taskTimeoutSeconds(step.timeoutSeconds),
    Retry: [{ ErrorEquals: [...refusals, ...NEVER_RETRIED], MaxAttempts: 0 }, ...toRetriers(retry)],
  };
}

/**
 * An expression for what the repeats that are left wait. `Arguments` are evaluated for each attempt, and `RetryCount` is 0 in the first and
 * then counts the repeats of all retriers; of such a step only one repeats. Where it counts further than this, or not at all, nothing is left.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 * @see https://github.com/floci-io/floci/pull/2455 for histories of AWS that show the count of each attempt
 */
function waitLeftMs({ retry }: PlannedCommand): string {
  return `{% $max([0, [${waitsLeftMs(retry)}][$states.context.State.RetryCount]]) %}`;
}
