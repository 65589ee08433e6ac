import { AwsError } from '../aws-error';
import { type CancellationReason, cancelled, NO_REASON } from './errors';

/**
 * The writing transactions that have arrived and have not ended. Whoever comes to one of their items meanwhile is refused,
 * as in AWS, and not made to wait. A transaction runs from its arrival until its commit: about a millisecond by itself, and
 * longer by the writes that were there before it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export class RunningTransactions {
  private readonly items = new Set<string>();
  private readonly tokens = new Set<string | undefined>();

  /** @throws {AwsError} TransactionCanceledException, or TransactionInProgressException for a token in use. */
  async run<T>(items: string[], token: string | undefined, task: () => Promise<T>): Promise<T> {
    if (token !== undefined && this.tokens.has(token)) {
      const message = 'The transaction with the given request token is already in progress.';
      throw new AwsError('TransactionInProgressException', message);
    }
    this.assertReadable(items);
    for (const item of items) this.items.add(item);
    this.tokens.add(token);
    try {
      return await task();
    } finally {
      for (const item of items) this.items.delete(item);
      this.tokens.delete(token);
    }
  }

  /** @throws {AwsError} TransactionCanceledException when one of the items of a transaction is in a running one. */
  assertReadable(items: string[]): void {
    const reasons = items.map((item) => (this.items.has(item) ? CONFLICT : NO_REASON));
    if (reasons.includes(CONFLICT)) throw cancelled(reasons);
  }

  /** @throws {AwsError} TransactionConflictException when the item of a single write is in a running transaction. */
  assertWritable(item: string): void {
    if (this.items.has(item)) throw new AwsError('TransactionConflictException', CONFLICT.Message);
  }
}

const CONFLICT = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
} satisfies CancellationReason;
