import type { BatchOperation, Item } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Units } from './consumed-capacity';
import { findItem, itemIdOf, runAction } from './engine';
import { validationError } from './errors';
import { indexChanges, isSameItem } from './index-entries';
import { refuseIndexKeys, refuseResult, writeUnits } from './item-rules';
import type { Body, Request, WriteOperation } from './operations';
import type { Room } from './room';
import type { Table } from './table';

/** What a write does to one item: it makes it (no `before`), changes it, or deletes it (no `after`). */
export interface ItemChange {
  table: Table;
  /** The item's key in the database. */
  itemId: string;
  before?: Item | undefined;
  after?: Item | undefined;
}

/**
 * The writes of one operation or transaction, held back until all of them are known to be possible. Whoever fails drops the
 * collection, and nothing has to be undone.
 *
 * Nothing else may be committed between the first `run` and `commit`. An operation or transaction touches each item only
 * once, so that a read never has to look at what was collected.
 */
export class PendingWrites {
  private readonly touched = new Map<string, ItemChange>();

  constructor(private readonly room: Room) {}

  /** What the writes and checks cost, without the indexes. */
  get units(): Units[] {
    return [...this.touched.values()].map(({ table, before, after }) => ({
      tableName: table.definition.tableName,
      units: writeUnits(before, after),
    }));
  }

  /**
   * Adds what the operation writes to the collection and returns its answer. The condition check of a transaction is a
   * deletion that does not happen.
   *
   * @throws {AwsError} as AWS does; a failed condition carries the item when the request asks for it.
   */
  async run(operation: WriteOperation | 'ConditionCheck', request: Request): Promise<Body> {
    const action = operation === 'ConditionCheck' ? 'DeleteItem' : operation;
    const find = async (table: Table, itemId: string) => {
      const item = await findItem(this.room.db, itemId);
      this.touched.set(itemId, { table, itemId, before: item, after: item });
      return item;
    };
    const put = (itemId: string, after?: Item) => {
      const change = this.touched.get(itemId);
      if (!change || operation === 'ConditionCheck') return;
      if (after) assertAllowed(change, after, operation === 'UpdateItem');
      change.after = after;
    };
    try {
      return await runAction(this.room, action, request, { find, put });
    } catch (error) {
      const isFailedCondition = error instanceof AwsError && error.code === 'ConditionalCheckFailedException';
      if (!isFailedCondition || request.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') throw error;
      const item = await findItem(this.room.db, itemIdOf(this.room.tables, request));
      throw new AwsError(error.code, error.message, error.status, item && { Item: item });
    }
  }

  /**
   * Makes the writes durable: items, index entries, stream records and `others` in one batch, so that after a crash all of
   * them are there or none. A write that changes nothing leaves no stream record, as in AWS. Returns what the writes cost.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
   */
  async commit(options: { others?: BatchOperation[]; isExpiry?: boolean } = {}): Promise<Units[]> {
    const changes = [...this.touched.values()].filter(({ before, after }) => !isSameItem(before, after));
    const indexes = changes.flatMap(({ table, before, after }) => indexChanges(table, before, after));
    const { db, streams, timeToLive } = this.room;
    await db.batch([
      ...changes.map(toItemOperation),
      ...indexes.flatMap((index) => index.operations),
      ...streams.operations(changes, options.isExpiry),
      ...(options.others ?? []),
    ]);
    for (const change of changes) timeToLive.track(change);
    streams.announce(changes);
    return [...this.units, ...indexes];
  }
}

function assertAllowed({ table, before }: ItemChange, after: Item, isUpdate: boolean): void {
  const refusal = refuseIndexKeys(table, after, isUpdate ? { before } : undefined);
  const message = refusal ?? (isUpdate ? refuseResult(after) : undefined);
  if (message !== undefined) throw validationError(message);
}

function toItemOperation({ itemId, after }: ItemChange): BatchOperation {
  return after ? { type: 'put', key: itemId, value: after } : { type: 'del', key: itemId };
}
