import type { Database } from 'dynalite/db';
import type { Clock } from '../clock';
import type { RunningTransactions } from './running-transactions';
import type { Streams } from './streams';
import type { Tables } from './tables';
import type { TimeToLive } from './time-to-live';
import type { TransactionTokens } from './transaction-tokens';

/** What the operations work on. */
export interface Room {
  db: Database;
  clock: Clock;
  tables: Tables;
  streams: Streams;
  timeToLive: TimeToLive;
  tokens: TransactionTokens;
  /** Runs one write after the other: a condition must still be true when the write it guards is committed. */
  exclusive: <T>(task: () => Promise<T>) => Promise<T>;
  /** Only if transactions are to conflict, not to wait. */
  running?: RunningTransactions;
}

/** A queue in which each task begins when the one before has ended, however it ended. */
export function oneAtATime(): Room['exclusive'] {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}
