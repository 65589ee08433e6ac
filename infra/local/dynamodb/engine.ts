import { Stream } from 'node:stream';
import { createKey, type Database, type EngineStore, type Item, type Range } from 'dynalite/db';
import { toAwsError } from './errors';
import { INDEX_PREFIX, indexEntryKey } from './index-entries';
import { type Body, engineOptions, type Operation, operations, type Request } from './operations';
import type { Room } from './room';
import type { Table } from './table';
import { itemPrefix, type Tables, withPrefix } from './tables';

/** Where the items of a write are found, by their keys in the database, and what becomes of them. */
interface Writing {
  find(table: Table, itemId: string): Promise<Item | undefined>;
  /** Deletes the item when there is no `after`. @throws {AwsError} to refuse. */
  put(itemId: string, after?: Item): void;
}

/**
 * Runs one of dynalite's actions, which take callbacks: one that reads on what is committed, one that writes with `writing`.
 *
 * @throws {AwsError} as AWS does.
 */
export function runAction(room: Room, operation: Operation, request: Request, writing?: Writing): Promise<Body> {
  return new Promise((resolve, reject) => {
    operations[operation].action(toStore(room, request, writing, reject), request, (error, result) =>
      error ? reject(toAwsError(error)) : resolve(result ?? {}),
    );
  });
}

/** The key in the database of the item that a request with a valid key is about. */
export function itemIdOf(tables: Tables, request: Request): string {
  const key = createKey((request.Item ?? request.Key) as Item, tables.get(request.TableName).description);
  return itemPrefix(request.TableName) + key;
}

/** The committed item with a key in the database. */
export async function findItem(db: Database, itemId: string): Promise<Item | undefined> {
  return (await db.get(itemId)) as Item | undefined;
}

/** What an action sees of the database. `fail` takes an error that no callback is there for. */
function toStore(
  { db, tables }: Room,
  request: Request,
  writing: Writing | undefined,
  fail: (error: unknown) => void,
): EngineStore {
  return {
    options: engineOptions,
    getTable: (name, callback) => {
      const { description } = tables.get(name);
      // The entries of the indexes follow from the items when they are committed. dynalite would fail at an item that is
      // older than an index and does not fit it.
      callback(null, writing ? { ...description, GlobalSecondaryIndexes: [] } : description);
    },
    getItemDb: (tableName) => ({
      // dynalite's own locks have nothing to do: one collection of writes is made at a time.
      lock: (_key, action) => action((callback) => callback),
      get: (key, callback) => {
        const itemId = itemPrefix(tableName) + key;
        const found = writing ? writing.find(tables.get(tableName), itemId) : findItem(db, itemId);
        // An exception in the callback is a refusal to put, or a fault of the engine: it fails the request.
        found.then((item) => callback(null, item)).catch(fail);
      },
      put: (key, item, callback) => callback(null, writing?.put(itemPrefix(tableName) + key, item)),
      del: (key, callback) => callback(null, writing?.put(itemPrefix(tableName) + key)),
      createValueStream: (range) => valueStream(db, itemPrefix(tableName), range, fail),
    }),
    getIndexDb: (_type, tableName, indexName) => ({
      createValueStream: (range) => {
        const exact = withExactStart(tables, request, range);
        return valueStream(db, `${INDEX_PREFIX}${tableName}~${indexName}~`, exact, fail);
      },
    }),
  };
}

/** dynalite starts a further page of an index at its own form of the entry's key, which is only the beginning of ours. */
function withExactStart(tables: Tables, request: Request, range: Range): Range {
  const table = tables.get(request.TableName);
  const index = table.definition.globalSecondaryIndexes.find((it) => it.IndexName === request.IndexName);
  if (!index || !request.ExclusiveStartKey) return range;
  return { ...range, [range.reverse ? 'lt' : 'gt']: indexEntryKey(table, index, request.ExclusiveStartKey as Item) };
}

/**
 * The values in a range, as the old kind of stream that the engine listens to. dynalite's own never closes its iterator,
 * which keeps a snapshot of the database alive for each query.
 */
function valueStream(db: Database, prefix: string, range: Range, fail: (error: unknown) => void): Stream {
  let isDestroyed = false;
  const stream = Object.assign(new Stream(), {
    destroy: () => {
      isDestroyed = true;
    },
  });
  const emitValues = async () => {
    for await (const value of db.values(prefixed(prefix, range))) {
      if (isDestroyed) return;
      stream.emit('data', value);
    }
    if (!isDestroyed) stream.emit('end');
  };
  queueMicrotask(() => emitValues().catch(fail));
  return stream;
}

function prefixed(prefix: string, { gt, gte, lt, lte, reverse, limit }: Range): Range {
  const from = gte !== undefined ? { gte: prefix + gte } : { gt: prefix + (gt ?? '') };
  const to = lte !== undefined ? { lte: prefix + lte } : { lt: lt === undefined ? withPrefix(prefix).lt : prefix + lt };
  return { ...from, ...to, reverse, limit };
}
