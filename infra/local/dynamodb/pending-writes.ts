import { checkConditional, type Item, type SubDatabase } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { ItemUnits } from './consumed-capacity';
import { throwIfInvalid } from './engine-error';
import { refuseItem } from './item-rules';
import { writeUnits } from './item-size';
import { type Request, type Result, type WriteOperation, writeActions } from './operations';
import { type EngineStore, findItem, readItem, run, type Source } from './reading';
import type { Table } from './table';

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
  private readonly checked: ItemUnits[] = [];

  constructor(private readonly source: Source) {}

  /** What is to be committed, in the order of the writes. */
  get changes(): ItemChange[] {
    return [...this.collected.values()];
  }

  /** What the writes and checks cost, without the indexes. */
  get units(): ItemUnits[] {
    const written = this.changes.map(({ table, before, after }) => ({
      tableName: table.definition.tableName,
      units: writeUnits(before, after),
    }));
    return [...written, ...this.checked];
  }

  /**
   * Adds what the operation writes to the collection and returns its answer.
   *
   * @throws {AwsError} as AWS does; a failed condition carries the item when the request asks for it.
   */
  async run(operation: WriteOperation, request: Request): Promise<Result> {
    try {
      return await run((fail) => this.collectingStore(operation, fail), writeActions[operation], request);
    } catch (error) {
      throw await this.withItem(error, request);
    }
  }

  /** The condition check of a transaction, which writes nothing. @throws {AwsError} as `run` does. */
  async check(request: Request): Promise<void> {
    const item = await findItem(this.source, request);
    this.checked.push({ tableName: request.TableName, units: writeUnits(item) });
    try {
      throwIfInvalid(checkConditional(request, item));
    } catch (error) {
      throw await this.withItem(error, request);
    }
  }

  private async withItem(error: unknown, request: Request): Promise<unknown> {
    const isFailedCondition = error instanceof AwsError && error.code === 'ConditionalCheckFailedException';
    if (!isFailedCondition || request.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return error;
    const item = await findItem(this.source, request);
    return item ? new AwsError(error.code, error.message, error.status, { Item: item }) : error;
  }

  private async find(table: Table, key: string): Promise<Item | undefined> {
    const item = await readItem(this.source.dynalite.db, table.definition.tableName, key);
    this.found.set(locationOf(table, key), item);
    return item;
  }

  private collectingStore(operation: WriteOperation, fail: (error: unknown) => void): EngineStore {
    return {
      options: this.source.dynalite.options,
      getTable: this.source.tables.getTable,
      getItemDb: (tableName) => this.collectingItems(operation, this.source.tables.get(tableName), fail),
      // The entries of the indexes follow from the items when the changes are committed.
      getIndexDb: () => ({
        ...UNUSED,
        put: (_key, _item, callback) => callback(null),
        del: (_key, callback) => callback(null),
      }),
    };
  }

  /** An operation or transaction touches each item only once, so that a read never has to look at what was collected. */
  private collectingItems(operation: WriteOperation, table: Table, fail: (error: unknown) => void): SubDatabase {
    const collect = (key: string, after: Item | undefined) => {
      const location = locationOf(table, key);
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
        const before = this.found.get(locationOf(table, key));
        const refusal = refuseItem(table, item, operation === 'UpdateItem' ? { before } : undefined);
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

/** The item's name among those of all tables. */
function locationOf(table: Table, key: string): string {
  return `${table.definition.tableName}~${key}`;
}
