import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { CircuitStore, ItemUpdate, StoredItem, WriteCondition, WriteOutcome } from './circuit-store';

/** Which table holds the circuits, and how it is reached. */
export interface DynamodbCircuitStoreOptions {
  /** Its partition key is `service`, its sort key `circuit`, both strings. */
  readonly tableName: string;
  /** The longest that one request may take, and as long again for a new connection. Default 1,000. */
  readonly requestTimeoutMs?: number;
  /** Whether a look sees every write that was answered before, at twice the price. Default: it may be a moment old. */
  readonly isConsistent?: boolean;
  /** In place of one that is made here. It should not repeat by itself: `maxAttempts: 1`. */
  readonly client?: DynamoDBClient;
}

/**
 * Circuits in a DynamoDB table, for all processes that may reach it. A look at the circuits of a service costs half a read unit for
 * each 4 KB, a write one write unit while the item stays under 1 KB. May be made at INIT: nothing is sent before the first call.
 *
 * Nothing is repeated: whoever waits for a circuit has no time for a second try.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function dynamodbCircuitStore(options: DynamodbCircuitStoreOptions): CircuitStore {
  const { tableName, requestTimeoutMs = 1_000, isConsistent = false } = options;
  const { client = openClient(requestTimeoutMs) } = options;
  // A copy, because the client writes into it.
  const documents = DynamoDBDocumentClient.from(client, { unmarshallOptions: { ...READING } });

  return {
    load: (service) => loadPages(documents, { tableName, isConsistent }, service),
    async write({ service, circuit }, update): Promise<WriteOutcome> {
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { service, circuit },
        ...expressionsOf(update),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        const { Attributes = {} } = await documents.send(command);
        return { applied: true, item: withoutKey(Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The document client reads answers, not errors.
        return { applied: false, item: error.Item && withoutKey(unmarshall(error.Item, READING)) };
      }
    },
  };
}

/** Numbers are read as JavaScript has them: those beyond 2^53 would come as `bigint`, or not at all. */
const READING = { wrapNumbers: Number };

function openClient(requestTimeoutMs: number): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
}

/** One page has about a thousand circuits. More than a few are not what this is for, and nobody waits for them. */
const MAX_PAGES = 5;

async function loadPages(
  client: DynamoDBDocumentClient,
  { tableName, isConsistent }: { readonly tableName: string; readonly isConsistent: boolean },
  service: string,
) {
  const circuits = new Map<string, StoredItem>();
  let start: Record<string, unknown> | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#service = :service',
        ExpressionAttributeNames: { '#service': 'service' },
        ExpressionAttributeValues: { ':service': service },
        ...(isConsistent && { ConsistentRead: true }),
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of Items) circuits.set(String(item.circuit), withoutKey(item));
    start = LastEvaluatedKey;
    if (!start) return circuits;
  }
  throw new Error(`the circuits of ${service} fill more than ${MAX_PAGES} pages`);
}

function withoutKey({ service, circuit, ...item }: Record<string, unknown>): StoredItem {
  return item;
}

type Expressions = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * The update in DynamoDB's words. Names and values always by alias: which names it reserves is not to be remembered.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
function expressionsOf({ set = {}, add = {}, remove = [], when }: ItemUpdate): Expressions {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const aliasOf = (attribute: string) => {
    const known = Object.keys(names).find((alias) => names[alias] === attribute);
    const alias = known ?? `#${Object.keys(names).length}`;
    names[alias] = attribute;
    return alias;
  };
  const aliasFor = (value: unknown) => {
    const alias = `:${Object.keys(values).length}`;
    values[alias] = value;
    return alias;
  };
  const clauses = [
    clause('SET', Object.entries(set), ([name, value]) => `${aliasOf(name)} = ${aliasFor(value)}`),
    clause('ADD', Object.entries(add), ([name, amount]) => `${aliasOf(name)} ${aliasFor(amount)}`),
    clause('REMOVE', remove, aliasOf),
  ].filter((text) => text !== '');
  const conditions = when.map((condition) => toCondition(condition, aliasOf, aliasFor));
  // DynamoDB refuses what is empty.
  return {
    ...(clauses.length > 0 && { UpdateExpression: clauses.join(' ') }),
    ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function clause<Part>(word: string, parts: readonly Part[], toText: (part: Part) => string): string {
  return parts.length === 0 ? '' : `${word} ${parts.map(toText).join(', ')}`;
}

function toCondition(
  { attribute, is, value, orMissing }: WriteCondition,
  aliasOf: (attribute: string) => string,
  aliasFor: (value: unknown) => string,
): string {
  const name = aliasOf(attribute);
  const isMissing = `attribute_not_exists(${name})`;
  if (is === 'missing') return isMissing;
  const isSo = `${name} ${is} ${aliasFor(value)}`;
  return orMissing ? `(${isMissing} OR ${isSo})` : isSo;
}
