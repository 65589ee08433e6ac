import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as states from '@aws-sdk/client-sfn';
import { AwsError } from '../../../infra/local/aws-error';

const EXCEPTIONS: Readonly<Record<string, unknown>> = { ...eventBridge, ...states, ...dynamoDb };

/** Repeats are counted as in the SDK: the first try, too. */
const MAX_ATTEMPTS = 3;

const BASE_MS = 50;
const THROTTLED_BASE_MS = 1_000;
const MAX_PAUSE_MS = 20_000;

const THROTTLES = new Set([
  ...['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException', 'Throttling'],
  ...['LimitExceededException', 'TooManyRequestsException', 'TransactionInProgressException'],
]);

/** With what repeats are put off. */
export interface Retrying {
  wait(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/**
 * Makes a call as the SDK does: throttles, 5xx and lost answers are tried again after a random, growing pause, three tries in
 * all unless told. A write whose answer was lost is so made twice.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * @see https://github.com/smithy-lang/smithy-typescript/tree/main/packages/core/src/submodules/retry for the figures
 */
export async function withSdkRetries<Answer>(
  attempt: () => Promise<Answer>,
  { wait, random }: Retrying,
  maxAttempts = MAX_ATTEMPTS,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
      const isThrottle = THROTTLES.has(name ?? '');
      const isTransient = name === 'TimeoutError' || ($metadata?.httpStatusCode ?? 0) >= 500;
      if (tries >= maxAttempts || !(isThrottle || isTransient)) throw error;
      const baseMs = isThrottle ? THROTTLED_BASE_MS : BASE_MS;
      await wait(Math.floor(random() * Math.min(baseMs * 2 ** (tries - 1), MAX_PAUSE_MS)));
    }
  }
}

/** The error of a service as its SDK client throws it. What is no error of a service is a fault of the simulation. */
export function toSdkError(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const { code, message, status, fields } = error;
  const Exception = EXCEPTIONS[code];
  const $metadata = { httpStatusCode: status };
  if (typeof Exception === 'function') return Reflect.construct(Exception, [{ message, $metadata, ...fields }]);
  return Object.assign(new Error(message), { name: code, $metadata });
}

/** An error of AWS by its name: a 5xx when it says so. */
export function serviceError(name: string): AwsError {
  if (/^(Internal|Service(Unavailable)?(Exception)?$|KmsInternal)/.test(name)) return new AwsError(name, 'struck', 500);
  return new AwsError(name, 'struck', THROTTLES.has(name) && name.startsWith('TooMany') ? 429 : 400);
}

/** What the SDK throws when no answer comes in the time that the client allows. */
export function noAnswer(): Error {
  return Object.assign(new Error('the request took too long'), { name: 'TimeoutError' });
}
