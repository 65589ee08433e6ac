import type { AwsError } from '../../../../infra/local/aws-error';
import {
  type DynamoDb,
  openDynamoDb,
  streamArn,
  type TableDefinition,
} from '../../../../infra/local/dynamodb/dynamodb';
import { openStorage, type Storage } from '../../../../infra/local/storage/open-storage';
import { type ManualClock, manualClock } from '../../../support/manual-clock';

/** 2025-06-01T00:00:00Z. */
export const START_MS = 1_748_736_000_000;

export const PLACE = { region: 'eu-central-1', accountId: '123456789012' };

/** A table with a string key, an index of strings, a stream and a time to live. */
export const THINGS: TableDefinition = {
  tableName: 'things',
  attributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'madeAt', AttributeType: 'N' },
  ],
  keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  globalSecondaryIndexes: [
    {
      IndexName: 'by-owner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'madeAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  streamViewType: 'NEW_AND_OLD_IMAGES',
  ttlAttribute: 'expiresAtSeconds',
};

export const THINGS_STREAM = streamArn(PLACE, 'things');

/** A room with the table THINGS; in memory unless a storage is given. */
export async function openRoom(
  options: { storage?: Storage; clock?: ManualClock; table?: TableDefinition; transactionConflicts?: boolean } = {},
): Promise<{ db: DynamoDb; clock: ManualClock; storage: Storage }> {
  const storage = options.storage ?? (await openStorage());
  const clock = options.clock ?? manualClock(START_MS);
  const { transactionConflicts = false } = options;
  const db = await openDynamoDb({ storage, clock, ...PLACE, transactionConflicts });
  await db.createTable(options.table ?? THINGS);
  return { db, clock, storage };
}

export function put(db: DynamoDb, id: string, attributes: Record<string, unknown> = {}): Promise<unknown> {
  return db.handle('PutItem', { TableName: 'things', Item: { id: { S: id }, ...attributes } });
}

export async function find(db: DynamoDb, id: string): Promise<unknown> {
  return (await db.handle('GetItem', { TableName: 'things', Key: { id: { S: id } } })).Item;
}

/** The event names and ids of the stream, oldest first, such as `INSERT a`. */
export async function storyOf(db: DynamoDb, after?: string): Promise<string[]> {
  const records = await db.readStream(THINGS_STREAM, after, 1000);
  return records.map((record) => `${record.eventName} ${record.dynamodb.Keys.id?.S}`);
}

/** The error that a request ends with; fails when it succeeds. */
export async function errorOf(request: Promise<unknown>): Promise<AwsError> {
  const outcome = await request.then(
    () => undefined,
    (error: AwsError) => error,
  );
  if (!outcome) throw new Error('the request succeeded');
  return outcome;
}
