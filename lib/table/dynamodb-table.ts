import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { requireEnv } from '../env';
import type { TableContract } from '../service/contract';
import { ENV } from '../service/names';

/** The service's own table. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/**
 * The table that the environment names. Made once, at INIT.
 *
 * Two repeats and two seconds for each try: a caller that waits longer than a handler's own time limit learns nothing.
 */
export function openTable(): Table {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  const options = { marshallOptions: { removeUndefinedValues: true } };
  return { client: DynamoDBDocumentClient.from(client, options), name: requireEnv(ENV.tableName) };
}

/**
 * One item as the last write left it; `undefined` when there is none. Strongly consistent: whoever has been told of a write
 * must find it, and a step that asks for an order must not miss the one that started it.
 */
export async function findItem<Item>(table: Table, key: Readonly<Record<string, string>>): Promise<Item | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
  return Item as Item | undefined;
}

/** Asks the table for an item that is not there: half a read unit to learn that it answers. */
export async function probeTable(table: Table, { partitionKey, sortKey }: TableContract): Promise<void> {
  const Key = { [partitionKey]: 'health', ...(sortKey !== undefined && { [sortKey]: 'health' }) };
  await table.client.send(new GetCommand({ TableName: table.name, Key }));
}

/**
 * The outcome of a conditional write: `undefined` when it was made, otherwise the item that stood in the way (without
 * attributes when there was none). Ask for it with `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`: no second read is needed.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export async function findConflict<Item>(write: Promise<unknown>): Promise<Partial<Item> | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return (error.Item === undefined ? {} : unmarshall(error.Item)) as Partial<Item>;
  }
}
