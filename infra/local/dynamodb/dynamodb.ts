/** The DynamoDB room: tables with indexes, transactions, streams and a time to live, on dynalite's storage and expressions. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Storage } from '../storage/open-storage';
import { consumedCapacity } from './consumed-capacity';
import { findItem, itemIdOf, runAction } from './engine';
import { type Body, type Operation, parseRequest, type WriteOperation } from './operations';
import { PendingWrites } from './pending-writes';
import { oneAtATime, type Room } from './room';
import { RunningTransactions } from './running-transactions';
import { type StreamRecord, Streams } from './streams';
import { streamOperations } from './streams-api';
import { keysOf, type Table, type TableDefinition } from './table';
import { Tables } from './tables';
import { deadlineOf, TimeToLive } from './time-to-live';
import { refuseKey } from './transaction-members';
import { TransactionTokens } from './transaction-tokens';
import { transactGetItems, transactWriteItems } from './transactions';

export type { StreamRecord } from './streams';
export { type StreamViewType, streamArn, type TableDefinition, tableArn } from './table';

/** The tables of the local cloud. */
export interface DynamoDb {
  /**
   * Makes the tables that do not exist. What changed in the definition of one that exists is taken over, and its indexes are
   * built anew then. Tables that are in the storage and not made here stay there, and nobody sees them.
   *
   * @throws {Error} when one of the tables exists with other keys; then nothing is changed.
   */
  createTable(...definitions: TableDefinition[]): Promise<void>;
  /**
   * Carries out one operation of DynamoDB_20120810, such as `PutItem`.
   *
   * @throws {AwsError} as AWS does, and UnknownOperationException for what the local cloud does not support.
   */
  handle(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /**
   * Carries out one operation of DynamoDBStreams_20120810: ListStreams, DescribeStream, GetShardIterator or GetRecords.
   *
   * @throws {AwsError} as AWS does, and UnknownOperationException for another operation.
   */
  handleStreams(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /**
   * The records after a sequence number, or from the oldest kept one, oldest first, at most `limit`.
   *
   * @throws {AwsError} ResourceNotFoundException when there is no such stream.
   */
  readStream(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]>;
  /**
   * Calls the listener after each committed write to the stream; returns what ends that. The listener must not throw.
   *
   * @throws {AwsError} ResourceNotFoundException when there is no such stream.
   */
  onStreamWrite(streamArn: string, listener: () => void): () => void;
  /** Resolves when what was begun is done. The storage stays open. */
  close(): Promise<void>;
}

/**
 * Opens the room on what is in the storage. The tables have to be made before they are used, also those that are there.
 *
 * With `transactionConflicts` a request for an item of a transaction that is not committed yet is refused, as AWS does it;
 * without, which is the default, it waits.
 */
export async function openDynamoDb(options: {
  storage: Storage;
  clock: Clock;
  region: string;
  accountId: string;
  transactionConflicts?: boolean;
}): Promise<DynamoDb> {
  const { clock, region, accountId, transactionConflicts } = options;
  const { db } = options.storage;
  const place = { region, accountId };
  const tables = new Tables(db, clock, place);
  const streams = new Streams(db, clock, place, tables);
  const tokens = new TransactionTokens(clock);
  await tokens.open(db);
  const timeToLive = new TimeToLive(clock, (table, itemId) => void room.exclusive(() => expire(room, table, itemId)));
  const room: Room = {
    ...{ db, clock, tables, streams, tokens, timeToLive, exclusive: oneAtATime() },
    ...(transactionConflicts && { running: new RunningTransactions() }),
  };

  return {
    createTable: (...definitions) =>
      room.exclusive(async () => {
        for (const definition of definitions) await tables.assertCanCreate(definition);
        for (const definition of definitions) {
          const table = await tables.create(definition);
          await streams.open(table);
          await timeToLive.open(db, table);
        }
      }),
    handle: async (operation, body) => find(operations, operation, 'DynamoDB')(room, body),
    handleStreams: async (operation, body) => find(streamOperations, operation, 'DynamoDB Streams')(room, body),
    readStream: (streamArn, after, limit) => streams.read(streamArn, after, limit),
    onStreamWrite: (streamArn, listener) => streams.onWrite(streamArn, listener),
    close: async () => {
      timeToLive.close();
      await room.exclusive(async () => {});
    },
  };
}

type Handler = (room: Room, body: Body) => Body | Promise<Body>;

function find(handlers: Readonly<Record<string, Handler>>, operation: string, service: string): Handler {
  const handler = Object.hasOwn(handlers, operation) ? handlers[operation] : undefined;
  if (handler) return handler;
  throw new AwsError('UnknownOperationException', `${operation} is not supported by the local ${service}`);
}

const operations: Readonly<Record<string, Handler>> = {
  GetItem: reading('GetItem'),
  BatchGetItem: reading('BatchGetItem'),
  Query: reading('Query'),
  Scan: reading('Scan'),
  PutItem: writing('PutItem'),
  UpdateItem: writing('UpdateItem'),
  DeleteItem: writing('DeleteItem'),
  BatchWriteItem: writing('BatchWriteItem'),
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  DescribeTable: ({ tables }, { TableName }) => ({ Table: tables.get(String(TableName), true).description }),
  DescribeTimeToLive: ({ tables }, { TableName }) => {
    const { ttlAttribute: AttributeName } = tables.get(String(TableName), true).definition;
    return { TimeToLiveDescription: { TimeToLiveStatus: AttributeName ? 'ENABLED' : 'DISABLED', AttributeName } };
  },
  ListTables: ({ tables }, { Limit = 100, ExclusiveStartTableName = '' }) => {
    const names = tables.all().map((table) => table.definition.tableName);
    const left = names.sort().filter((name) => name > String(ExclusiveStartTableName));
    const TableNames = left.slice(0, Number(Limit));
    return { TableNames, ...(left.length > TableNames.length && { LastEvaluatedTableName: TableNames.at(-1) }) };
  },
};

function reading(operation: Operation): Handler {
  return (room, body) => runAction(room, operation, parseRequest(operation, body));
}

function writing(operation: WriteOperation): Handler {
  return async (room, body) => {
    const request = parseRequest(operation, body);
    const isBatch = operation === 'BatchWriteItem';
    if (!isBatch) {
      const refusal = refuseKey(request, room.tables);
      if (refusal) throw refusal;
      // Only single writes: those are what AWS names. A batch waits.
      room.running?.assertWritable(itemIdOf(room.tables, request));
    }
    return room.exclusive(async () => {
      const writes = new PendingWrites(room);
      const result = await writes.run(operation, request);
      const consumed = consumedCapacity(request.ReturnConsumedCapacity, await writes.commit());
      return { ...result, ConsumedCapacity: isBatch ? consumed : consumed?.[0] };
    });
  };
}

/** Deletes an item whose time has passed, unless it was changed while the deletion waited for its turn. */
async function expire(room: Room, table: Table, itemId: string): Promise<void> {
  const nowMs = room.clock.now();
  const item = await findItem(room.db, itemId);
  const deadlineMs = item && deadlineOf(table, item, nowMs);
  if (!item || deadlineMs === undefined || deadlineMs > nowMs) {
    return room.timeToLive.track({ table, itemId, after: item });
  }
  const writes = new PendingWrites(room);
  await writes.run('DeleteItem', { TableName: table.definition.tableName, Key: keysOf(table, item) });
  await writes.commit({ isExpiry: true });
}
