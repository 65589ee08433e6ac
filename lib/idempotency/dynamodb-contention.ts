import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { ItemContendedError } from './idempotency-errors';

/** Tries of one write; with the pauses between them, at most 0.4 seconds. A transaction takes some milliseconds. */
const MAX_TRIES = 5;

/** The longest pause before the first repeat; it doubles. */
const FIRST_PAUSE_MS = 25;

/**
 * Makes a write again that met a transaction of somebody else, after a growing, random pause: such a one is refused, not queued, and
 * the SDK does not repeat it. The write is one that may be repeated: it was not made.
 *
 * @throws {ItemContendedError} when it met one each time
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function retryContended<Result>(
  write: () => Promise<Result>,
  random: () => number = Math.random,
  pause: (ms: number) => Promise<void> = pauseMs,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isContention(error)) throw error;
      if (tries === MAX_TRIES) throw error instanceof ItemContendedError ? error : new ItemContendedError(error);
      await pause(random() * FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

function isContention(error: unknown): boolean {
  return error instanceof TransactionConflictException || error instanceof ItemContendedError;
}

function pauseMs(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
