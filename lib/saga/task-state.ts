import { pascalCase } from '../service/names';
import { toJsonata } from './expression';
import { budgetSeconds, taskTimeoutSeconds, toRetrier } from './retry-policy';
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
        arguments: toJsonata(command.arguments),
      },
    },
    TimeoutSeconds: taskTimeoutSeconds(step.timeoutSeconds),
    Retry: [{ ErrorEquals: [...refusals, ...NEVER_RETRIED], MaxAttempts: 0 }, toRetrier(retry)],
  };
}
