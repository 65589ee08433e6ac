import middy from '@middy/core';
import type { InferOutput } from 'valibot';
import { CircuitOpenError } from '../circuit-breaker/circuit-errors';
import { type Clock, systemClock, toTimestamp } from '../clock';
import { DeadlineExceededError, InvalidCommandError, RetryLaterError } from '../errors/saga-errors';
import { validate } from '../http/validate';
import { log } from '../observability/log';
import { SagaCommand } from '../saga/command';
import {
  type HandlersOf,
  type OutputOf,
  type ServiceContract,
  type StepTrigger,
  type TriggerOf,
  triggerOf,
} from '../service/contract';
import { traced } from './traced';

/**
 * The largest result. All data of an execution have 256 KB, beyond which it fails in a way that cannot be caught: steps hand on
 * references, not documents.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MAX_RESULT_BYTES = 8 * 1024;

/** A command that has passed the checks of its contract, in time. */
export interface StepCommand<Arguments> extends Omit<SagaCommand, 'arguments'> {
  readonly arguments: Arguments;
}

/** The command that the use case of a step handler gets. */
export type CommandOf<Contract extends ServiceContract, Name extends HandlersOf<Contract, StepTrigger>> = StepCommand<
  InferOutput<TriggerOf<Contract, Name, StepTrigger>['command']>
>;

/**
 * Makes a use case a step of a saga: the command is checked against the contract and refused past its deadline. Errors are
 * thrown on, for the state machine to tell them apart by name.
 *
 * @throws {InvalidCommandError} when the command breaks its contract.
 * @throws {DeadlineExceededError} when its deadline has passed.
 * @throws {RetryLaterError} in place of a {@link CircuitOpenError} that leaves enough time for a repeat.
 */
export function stepHandler<const Contract extends ServiceContract, Name extends HandlersOf<Contract, StepTrigger>>(
  contract: Contract,
  name: Name,
  useCase: (command: CommandOf<Contract, Name>) => Promise<OutputOf<TriggerOf<Contract, Name, StepTrigger>>>,
  clock: Clock = systemClock,
) {
  const trigger = triggerOf<StepTrigger>(contract, name, 'step');
  const answer = middy(
    async (event: unknown) => {
      const envelope = check(trigger.name, SagaCommand, event);
      const args = check(trigger.name, trigger.command, envelope.arguments);
      const now = clock.now();
      // Written so that a deadline which cannot be read is one that has passed.
      if (!(now <= Date.parse(envelope.notAfter))) {
        throw new DeadlineExceededError(trigger.name, envelope.notAfter, toTimestamp(now));
      }
      const command = { ...envelope, arguments: args } as CommandOf<Contract, Name>;
      const result = await unlessWorthARepeat(envelope, () => useCase(command));
      const bytes = Buffer.byteLength(JSON.stringify(result));
      if (bytes > MAX_RESULT_BYTES) {
        throw new Error(`the result of ${trigger.name} must have at most ${MAX_RESULT_BYTES} bytes, got ${bytes}`);
      }
      log('info', 'step done', { sagaId: envelope.sagaId, step: trigger.name });
      return result;
    },
    { timeoutEarlyInMillis: 0 },
  ).use({
    onError: ({ event, error }: middy.Request) => {
      log('warn', 'step failed', { step: trigger.name, error, ...sagaOf(event) });
    },
  });
  const attributesOf = (event: unknown) => {
    const { sagaId } = sagaOf(event);
    return { step: trigger.name, ...(sagaId !== undefined && { sagaId, correlationId: sagaId }) };
  };
  return traced((event: unknown) => ({ name: trigger.name, attributes: attributesOf(event) }), answer);
}

/**
 * The answer of a step. A circuit that refuses it is asked again by a repeat, if it may let calls through before the last one; a step
 * that would wait in vain is given up at once.
 */
async function unlessWorthARepeat<Result>(command: SagaCommand, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const { step, waitLeftMs } = command;
    if (!(error instanceof CircuitOpenError) || waitLeftMs === 0) throw error;
    const { retryAfterMs = Number.POSITIVE_INFINITY } = error;
    throw retryAfterMs <= waitLeftMs ? new RetryLaterError(step, error) : error;
  }
}

/** Which saga a command is of, as far as that can be told of one that is not checked. */
function sagaOf(event: unknown): { readonly sagaId?: string } {
  const sagaId = (event as { sagaId?: unknown } | null)?.sagaId;
  return typeof sagaId === 'string' ? { sagaId } : {};
}

function check<Schema extends Parameters<typeof validate>[0]>(step: string, schema: Schema, value: unknown) {
  const result = validate(schema, value, 'arguments');
  if ('value' in result) return result.value as InferOutput<Schema>;
  throw new InvalidCommandError(step, result.errors.map(({ path, message }) => `${path} ${message}`).join('; '));
}
