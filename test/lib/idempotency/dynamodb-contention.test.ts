import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { retryContended } from '../../../lib/idempotency/dynamodb-contention';
import { ItemContendedError } from '../../../lib/idempotency/idempotency-errors';

const conflict = () =>
  new TransactionConflictException({ $metadata: {}, message: 'Transaction is ongoing for the item' });

/** Writes that meet an error so many times first, with the pauses before the repeats. */
async function write(error: Error, times: number) {
  const pausesMs: number[] = [];
  let tries = 0;
  const outcome = await retryContended(
    async () => {
      tries += 1;
      if (tries <= times) throw error;
      return 'written';
    },
    () => 0.5,
    async (ms) => {
      pausesMs.push(ms);
    },
  ).catch((thrown: Error) => thrown);
  return { outcome, tries, pausesMs };
}

describe('a write that meets a transaction', () => {
  it.each([
    ['of somebody else, alone', conflict()],
    ['of somebody else, in a transaction of its own', new ItemContendedError()],
  ])('%s is made again after a growing pause', async (_, error) => {
    expect(await write(error, 4)).toEqual({ outcome: 'written', tries: 5, pausesMs: [12.5, 25, 50, 100] });
  });

  it('each time is left to the caller, as one that may be tried again', async () => {
    const { outcome, tries } = await write(conflict(), 5);

    expect(outcome).toMatchObject({ name: 'ItemContendedError', code: 'CONTENDED', retryable: true });
    expect(tries).toBe(5);
  });

  it('keeps the cause of an earlier one', async () => {
    const error = new ItemContendedError(new Error('who it was'));

    expect((await write(error, 5)).outcome).toBe(error);
  });

  it.each([new ConditionalCheckFailedException({ $metadata: {}, message: 'refused' }), new Error('throttled')])(
    'is not made again after another error: %s',
    async (error) => {
      expect(await write(error, 1)).toEqual({ outcome: error, tries: 1, pausesMs: [] });
    },
  );
});
