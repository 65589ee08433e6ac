import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwsError } from '../../infra/local/aws-error';
import { type DynamoDb, openDynamoDb, type TableDefinition } from '../../infra/local/dynamodb/dynamodb';
import { openStorage } from '../../infra/local/storage/open-storage';
import type { Table } from '../../lib/table/dynamodb-table';
import { manualClock } from './manual-clock';

const NAME = 'things';
const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** The local DynamoDB in this process, with one table whose keys are strings. */
export interface RoomTable {
  /** The table as a service opens it: the real client, which marshals, signs and reads errors as it does on AWS. */
  readonly table: Table;
  /** The same for one worker: `pass` stands before each call, and decides when and whether it goes through. */
  tableOf(pass: <T>(call: () => Promise<T>) => Promise<T>): Table;
  close(): Promise<void>;
}

/** As in a contract's table. */
export interface RoomTableOptions {
  /** Default `id`. */
  readonly partitionKey?: string;
  readonly sortKey?: string;
  readonly indexes?: Readonly<Record<string, { readonly partitionKey: string; readonly sortKey: string }>>;
}

/** Opens a room in memory. Its own clock stands still: nothing is deleted by its time to live. */
export async function openRoomTable(options: RoomTableOptions = {}): Promise<RoomTable> {
  const { partitionKey = 'id', sortKey, indexes = {} } = options;
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  const storage = await openStorage();
  const db = await openDynamoDb({ storage, clock: manualClock(0), ...PLACE });
  const definition: TableDefinition = {
    tableName: NAME,
    attributeDefinitions: attributesOf(keys, indexes).map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    keySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    globalSecondaryIndexes: Object.entries(indexes).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' },
        { AttributeName: index.sortKey, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
  await db.createTable(definition);
  const tableOf: RoomTable['tableOf'] = (pass) => ({ name: NAME, client: clientOf(db, pass) });
  return {
    table: tableOf((call) => call()),
    tableOf,
    close: async () => {
      await db.close();
      await storage.close();
    },
  };
}

function attributesOf(keys: readonly string[], indexes: NonNullable<RoomTableOptions['indexes']>): string[] {
  const ofIndexes = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]);
  return [...new Set([...keys, ...ofIndexes])];
}

interface WireRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A client whose requests go to the room instead of the network, in the same JSON. */
function clientOf(db: DynamoDb, pass: <T>(call: () => Promise<T>) => Promise<T>): DynamoDBDocumentClient {
  const handle = async ({ headers, body }: WireRequest) => {
    const operation = (headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    return { response: await pass(() => answerOf(db, operation, JSON.parse(new TextDecoder().decode(body)))) };
  };
  const client = new DynamoDBClient({
    region: PLACE.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

async function answerOf(db: DynamoDb, operation: string, body: Record<string, unknown>) {
  try {
    return toResponse(200, await db.handle(operation, body));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { code, status, message, fields } = error;
    return toResponse(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message, ...fields });
  }
}

function toResponse(statusCode: number, document: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { statusCode, headers, body: new TextEncoder().encode(JSON.stringify(document)) };
}
