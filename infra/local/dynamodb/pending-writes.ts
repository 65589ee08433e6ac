import { checkConditional, createKey, type DynaliteStore, type Item, type SubDatabase } from 'dynalite/db';
import { AwsError } from '../aws-error';
import { throwIfInvalid, validationError } from './engine-error';
import { type Request, type Result, type WriteOperation, writeActions } from './operations';
import { type EngineStore, readItem, run } from './reading';
import type { Table } from './table';
import type { Tables } from './tables';

/** What a write does to one item: it makes it (no `before`), changes it, or deletes it (no `after`). */
export interface ItemChange {
  table: Table;
  /** Where the item is among those of its table. */
  key: string;
  before?: Item;
  after?: Item;
}

/**
 * The writes of one operation or transaction, held back until all of them are known to be possible. Whoever fails drops the
 * collection, and nothing has to be undone.
 *
 * Nothing else may be committed between the first `run` and the commit of the changes.
 */
export class PendingWrites {
  private readonly found = new Map<string, Item | undefined>();
  private readonly collected = new Map<string, ItemChange>();

  constructor(
    private readonly dynalite: DynaliteStore,
    private readonly tables: Tables,
  ) {}

  /** What is to be committed, in the order of the writes. */
  get changes(): ItemChange[] {
    return [...this.collected.values()];
  }

  /**
   * Adds what the operation writes to the collection and returns its answer.
   *
   * @throws {AwsError} as AWS does; a failed condition carries the item when the request asks for it.
   */
  async run(operation: WriteOperation, request: Request): Promise<Result> {
    try {
      return await run((fail) => this.collectingStore(fail), writeActions[operation], request);
    } catch (error) {
      throw await this.withItem(error, request);
    }
  }

  /** The condition check of a transaction, which writes nothing. @throws {AwsError} as `run` does. */
  async check(request: Request): Promise<void> {
    const item = await this.find(this.tables.get(request.TableName), this.keyOf(request));
    try {
      throwIfInvalid(checkConditional(request, item));
    } catch (error) {
      throw await this.withItem(error, request);
    }
  }

  /** Where the item of a request for one item is among those of its table. */
  keyOf(request: Request): string {
    return createKey((request.Item ?? request.Key) as Item, this.tables.get(request.TableName).description);
  }

  private async withItem(error: unknown, request: Request): Promise<unknown> {
    const isFailedCondition = error instanceof AwsError && error.code === 'ConditionalCheckFailedException';
    if (!isFailedCondition || request.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return error;
    const item = await this.find(this.tables.get(request.TableName), this.keyOf(request));
    return item ? new AwsError(error.code, error.message, error.status, { Item: item }) : error;
  }

  private async find(table: Table, key: string): Promise<Item | undefined> {
    const item = await readItem(this.dynalite.db, table.definition.tableName, key);
    this.found.set(locate(table, key), item);
    return item;
  }

  private collectingStore(fail: (error: unknown) => void): EngineStore {
    return {
      options: this.dynalite.options,
      getTable: this.tables.getTable,
      getItemDb: (tableName) => this.collectingItems(this.tables.get(tableName), fail),
      // The entries of the indexes follow from the items when the changes are committed.
      getIndexDb: () => ({
        ...UNUSED,
        put: (_key, _item, callback) => callback(null),
        del: (_key, callback) => callback(null),
      }),
    };
  }

  /** An operation or transaction touches each item only once, so that a read never has to look at what was collected. */
  private collectingItems(table: Table, fail: (error: unknown) => void): SubDatabase {
    const collect = (key: string, after: Item | undefined) => {
      const location = locate(table, key);
      this.collected.set(location, { table, key, before: this.found.get(location), after });
    };
    return {
      ...UNUSED,
      get: (key, callback) => {
        this.find(table, key)
          .then((item) => callback(null, item))
          .catch(fail);
      },
      put: (key, item, callback) => {
        const refusal = refuseEmptyIndexKey(table, item);
        if (refusal) return callback(refusal);
        collect(key, item);
        callback(null);
      },
      del: (key, callback) => {
        collect(key, undefined);
        callback(null);
      },
    };
  }
}

/** The engine's own locks have nothing to do: one collection is made at a time. */
const UNUSED: Pick<SubDatabase, 'lock' | 'get' | 'createValueStream'> = {
  lock: (_key, action) => action((callback) => callback),
  get: (_key, callback) => callback(new Error('a write reads items only')),
  createValueStream: () => {
    throw new Error('a write reads no ranges');
  },
};

function locate(table: Table, key: string): string {
  return `${table.definition.tableName}~${key}`;
}

/** An empty string or binary is a value of AWS's tables but not of a key, which dynalite checks for the table's keys only. */
function refuseEmptyIndexKey(table: Table, item: Item): AwsError | undefined {
  for (const index of table.definition.globalSecondaryIndexes) {
    for (const { AttributeName: name } of index.KeySchema) {
      const kind = item[name]?.S === '' ? 'string' : item[name]?.B === '' ? 'binary' : undefined;
      if (!kind) continue;
      return validationError(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value. ` +
          `IndexName: ${index.IndexName}, IndexKey: ${name}`,
      );
    }
  }
  return undefined;
}
