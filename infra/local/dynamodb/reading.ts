import { Stream } from 'node:stream';
import {
  createIndexKey,
  createKey,
  type Database,
  type DynaliteStore,
  type Item,
  type Range,
  type SubDatabase,
} from 'dynalite/db';
import { toAwsError } from './engine-error';
import { INDEX_PREFIX, indexEntryKey } from './index-entries';
import { type Request, type Result, readActions } from './operations';
import { prefixEnd } from './prefix';
import type { Table } from './table';
import { itemPrefix, type Tables } from './tables';

/** What a request is answered from. */
export interface Source {
  dynalite: DynaliteStore;
  tables: Tables;
}

/** What dynalite's actions see of the store. `fail` takes an error that no callback is there for. */
export type EngineStore = Omit<DynaliteStore, 'db'>;

/**
 * Runs a reading operation on what is committed.
 *
 * @throws {AwsError} as AWS does.
 */
export function read(source: Source, operation: keyof typeof readActions, request: Request): Promise<Result> {
  return run((fail) => readingStore(source, request, fail), readActions[operation], request);
}

/** Runs one of dynalite's actions, which take callbacks, as a promise. */
export function run(
  makeStore: (fail: (error: unknown) => void) => EngineStore,
  action: (typeof readActions)['GetItem'],
  request: Request,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    action(makeStore(reject), request, (error, result) => (error ? reject(toAwsError(error)) : resolve(result ?? {})));
  });
}

/** The committed item that a request with a valid key is about, all of it. */
export function findItem({ dynalite, tables }: Source, request: Request): Promise<Item | undefined> {
  return readItem(dynalite.db, request.TableName, itemKey(tables, request));
}

/** Where the item of a request with a valid key is among those of its table. */
export function itemKey(tables: Tables, request: Request): string {
  return createKey((request.Item ?? request.Key) as Item, tables.get(request.TableName).description);
}

/** The committed item at a place of a table. */
export async function readItem(db: Database, tableName: string, key: string): Promise<Item | undefined> {
  return (await db.get(itemPrefix(tableName) + key)) as Item | undefined;
}

function readingStore({ dynalite, tables }: Source, request: Request, fail: (error: unknown) => void): EngineStore {
  return {
    options: READ_OPTIONS,
    getTable: tables.getTable,
    getItemDb: (tableName) => ({
      ...NO_WRITES,
      get: (key, callback) => {
        // An exception in the callback is a fault of the engine. Here it fails the request; elsewhere it ends the process.
        readItem(dynalite.db, tableName, key)
          .then((item) => callback(null, item))
          .catch(fail);
      },
      createValueStream: (range) => valueStream(dynalite.db, itemPrefix(tableName), range, fail),
    }),
    getIndexDb: (_type, tableName, indexName) => ({
      ...NO_WRITES,
      get: () => fail(new Error('an index is read by ranges only')),
      createValueStream: (range) => {
        const exact = withExactStart(tables.get(tableName), indexName, request, range);
        return valueStream(dynalite.db, `${INDEX_PREFIX}${tableName}~${indexName}~`, exact, fail);
      },
    }),
  };
}

/**
 * AWS answers BatchGetItem with 16 MB at most. dynalite answers with this and less than a megabyte more.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const READ_OPTIONS = { maxItemSize: 15 * 1024 * 1024 };

const NO_WRITES: Pick<SubDatabase, 'lock' | 'put' | 'del'> = {
  lock: (_key, action) => action((callback) => callback),
  put: () => {
    throw new Error('a reading operation wrote an item');
  },
  del: () => {
    throw new Error('a reading operation deleted an item');
  },
};

/** The engine starts a further page at its own form of the entry's key, which is only the beginning of ours. */
function withExactStart(table: Table, indexName: string, request: Request, range: Range): Range {
  const start = request.ExclusiveStartKey as Item | undefined;
  const index = table.definition.globalSecondaryIndexes.find((it) => it.IndexName === indexName);
  if (!start || !index) return range;
  const inexact = createIndexKey(start, table.description, index.KeySchema);
  const exact = indexEntryKey(table, index, start);
  return {
    ...range,
    ...(range.gt === inexact && { gt: exact }),
    ...(range.lt === inexact && { lt: exact }),
  };
}

/**
 * The values in a range, as the old kind of stream that the engine listens to. dynalite's own never closes its iterator,
 * which keeps a snapshot of the database alive for each query.
 */
function valueStream(db: Database, prefix: string, range: Range, fail: (error: unknown) => void): Stream {
  const stream = Object.assign(new Stream(), { isDestroyed: false, destroy: () => {} });
  stream.destroy = () => {
    stream.isDestroyed = true;
  };
  const emitValues = async () => {
    for await (const value of db.values(prefixed(prefix, range))) {
      if (stream.isDestroyed) return;
      stream.emit('data', value);
    }
    if (!stream.isDestroyed) stream.emit('end');
  };
  queueMicrotask(() => emitValues().catch(fail));
  return stream;
}

function prefixed(prefix: string, { gt, gte, lt, lte, reverse, limit }: Range): Range {
  const from = gte !== undefined ? { gte: prefix + gte } : { gt: prefix + (gt ?? '') };
  const to = lte !== undefined ? { lte: prefix + lte } : { lt: lt === undefined ? prefixEnd(prefix) : prefix + lt };
  return { ...from, ...to, ...(reverse !== undefined && { reverse }), ...(limit !== undefined && { limit }) };
}
