/** The DynamoDB room: tables with indexes, transactions, streams and a time to live, on dynalite's storage and expressions. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Storage } from '../storage/open-storage';
import { consumedCapacity } from './consumed-capacity';
import { parseRequest, type Result, readActions, type WriteOperation, writeActions } from './operations';
import { read, readItem } from './reading';
import { beginWrites, commit, oneAtATime, type Room } from './room';
import { RunningTransactions } from './running-transactions';
import { keysOf, type StreamRecord } from './stream-records';
import { Streams } from './streams';
import { streamOperations } from './streams-api';
import type { TableDefinition } from './table';
import { tableOperations } from './table-operations';
import { Tables } from './tables';
import { deadlineOf, TimeToLive } from './time-to-live';
import { identifyItem, refuseKey } from './transaction-members';
import { TransactionTokens } from './transaction-tokens';
import { transactGetItems, transactWriteItems } from './transactions';

export type { StreamRecord } from './stream-records';
export { type StreamViewType, streamArn, type TableDefinition, tableArn } from './table';

/** The tables of the local cloud. */
export interface DynamoDb {
  /**
   * Makes the tables that do not exist. What changed in the definition of one that exists is taken over; its indexes are
   * built anew if they differ. Tables that are in the storage and not made here stay there, and nobody sees them.
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
  const { clock } = options;
  const { dynalite } = options.storage;
  const place = { region: options.region, accountId: options.accountId };
  const tables = await Tables.open(dynalite.db, clock, place);
  const streams = new Streams(dynalite.db, clock, place, tables);
  const tokens = await TransactionTokens.open(dynalite.db, clock);
  const timeToLive = new TimeToLive(clock, (tableName, key) => expire(room, tableName, key));
  const room: Room = {
    ...{ dynalite, clock, tables, streams, timeToLive, exclusive: oneAtATime() },
    ...(options.transactionConflicts && { running: new RunningTransactions() }),
  };

  return {
    createTable: (...definitions) =>
      room.exclusive(async () => {
        for (const definition of definitions) tables.assertCanCreate(definition);
        for (const definition of definitions) {
          const table = await tables.create(definition);
          await streams.open(table);
          await timeToLive.open(dynalite.db, table);
        }
      }),
    handle: async (operation, body) => {
      if (isKeyOf(writeActions, operation)) return write(room, operation, body);
      if (isKeyOf(readActions, operation)) return read(room, operation, parseRequest(operation, body, dynalite));
      if (operation === 'TransactWriteItems') return transactWriteItems(room, tokens, body);
      if (operation === 'TransactGetItems') return transactGetItems(room, body);
      if (isKeyOf(tableOperations, operation)) return tableOperations[operation](room, body);
      throw unknownOperation('DynamoDB', operation);
    },
    handleStreams: async (operation, body) => {
      const handler = isKeyOf(streamOperations, operation) ? streamOperations[operation] : undefined;
      if (!handler) throw unknownOperation('DynamoDB Streams', operation);
      return handler(room, body);
    },
    readStream: (streamArn, after, limit) => streams.read(streamArn, after, limit),
    onStreamWrite: (streamArn, listener) => streams.onWrite(streamArn, listener),
    close: async () => {
      await timeToLive.close();
      await room.exclusive(async () => {});
    },
  };
}

async function write(room: Room, operation: WriteOperation, body: Record<string, unknown>): Promise<Result> {
  const request = parseRequest(operation, body, room.dynalite);
  // Only single writes: those are what AWS names. A batch waits.
  if (room.running && operation !== 'BatchWriteItem' && !refuseKey(request, room.tables)) {
    room.running.assertWritable(identifyItem(request, room.tables));
  }
  return room.exclusive(async () => {
    const writes = beginWrites(room);
    const result = await writes.run(operation, request);
    const indexUnits = await commit(room, writes);
    const consumed = consumedCapacity(request.ReturnConsumedCapacity, writes.units, indexUnits);
    return { ...result, ConsumedCapacity: operation === 'BatchWriteItem' ? consumed : consumed?.[0] };
  });
}

/** Deletes an item whose time has passed, unless it was changed while the deletion waited for its turn. */
async function expire(room: Room, tableName: string, key: string): Promise<void> {
  await room.exclusive(async () => {
    const table = room.tables.get(tableName);
    const item = await readItem(room.dynalite.db, tableName, key);
    const deadlineMs = item && deadlineOf(table, item, room.clock.now());
    if (!item || deadlineMs === undefined || deadlineMs > room.clock.now()) return;
    const writes = beginWrites(room);
    await writes.run('DeleteItem', { TableName: tableName, Key: keysOf(table, item) });
    await commit(room, writes, { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } });
  });
}

function isKeyOf<T extends object>(object: T, key: string): key is keyof T & string {
  return Object.hasOwn(object, key);
}

function unknownOperation(service: string, operation: string): AwsError {
  const isTableChange = ['CreateTable', 'UpdateTable', 'DeleteTable', 'UpdateTimeToLive'].includes(operation);
  const reason = isTableChange ? ': tables come from the template' : '';
  return new AwsError('UnknownOperationException', `${operation} is not supported by the local ${service}${reason}`);
}
