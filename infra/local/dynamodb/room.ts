import type { BatchOperation, DynaliteStore } from 'dynalite/db';
import type { Clock } from '../clock';
import type { IndexUnits } from './consumed-capacity';
import { indexChanges } from './index-entries';
import { type ItemChange, PendingWrites } from './pending-writes';
import type { RunningTransactions } from './running-transactions';
import { isSameItem } from './same-item';
import type { UserIdentity } from './stream-records';
import type { Streams } from './streams';
import { itemPrefix, type Tables } from './tables';
import type { TimeToLive } from './time-to-live';

/** What the operations work on. */
export interface Room {
  dynalite: DynaliteStore;
  clock: Clock;
  tables: Tables;
  streams: Streams;
  timeToLive: TimeToLive;
  /** Runs one write after the other: a condition must still be true when the write it guards is committed. */
  exclusive: Exclusive;
  /** Only if transactions are to conflict, not to wait. */
  running?: RunningTransactions;
}

export type Exclusive = <T>(task: () => Promise<T>) => Promise<T>;

/** A queue in which each task begins when the one before has ended, however it ended. */
export function oneAtATime(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}

/** An empty collection of writes. To be made within `exclusive`. */
export function beginWrites(room: Room): PendingWrites {
  return new PendingWrites(room);
}

/**
 * Makes the collected writes durable: items, index entries, stream records and `others` in one batch, so that after a crash
 * all of them are there or none. A write that changes nothing leaves no stream record, as in AWS.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export async function commit(
  room: Room,
  writes: PendingWrites,
  options: { others?: BatchOperation[]; userIdentity?: UserIdentity } = {},
): Promise<IndexUnits[]> {
  const changes = writes.changes.filter(({ before, after }) => !isSameItem(before, after));
  const indexes = changes.map((change) => indexChanges(change.table, change.before, change.after));
  await room.dynalite.db.batch([
    ...changes.map(toItemOperation),
    ...indexes.flat().flatMap((index) => index.operations),
    ...room.streams.operations(changes, options.userIdentity),
    ...(options.others ?? []),
  ]);
  for (const change of changes) room.timeToLive.track(change);
  room.streams.announce(changes);
  return changes.flatMap(({ table: { definition } }, at) =>
    (indexes[at] ?? []).map(({ indexName, units }) => ({ tableName: definition.tableName, indexName, units })),
  );
}

function toItemOperation({ table, key, after }: ItemChange): BatchOperation {
  const fullKey = itemPrefix(table.definition.tableName) + key;
  return after ? { type: 'put', key: fullKey, value: after } : { type: 'del', key: fullKey };
}
