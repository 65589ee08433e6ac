import type { Item, KeySchemaElement, TableShape } from 'dynalite/db';

/** One table as the template declares it, in the words of CloudFormation. */
export interface TableDefinition {
  tableName: string;
  attributeDefinitions: Array<{ AttributeName: string; AttributeType: string }>;
  keySchema: KeySchemaElement[];
  globalSecondaryIndexes: GlobalSecondaryIndex[];
  /** Without it the table has no stream. */
  streamViewType?: StreamViewType;
  /** The attribute with the epoch second at which an item expires. Without it items live until they are deleted. */
  ttlAttribute?: string;
}

export interface GlobalSecondaryIndex {
  IndexName: string;
  KeySchema: KeySchemaElement[];
  Projection: { ProjectionType?: string; NonKeyAttributes?: string[] };
}

export type StreamViewType = 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY';

/** Where the tables are: both are parts of every ARN. */
export interface Place {
  region: string;
  accountId: string;
}

/** A table that exists: its definition and how DescribeTable answers it, which is also what the engine reads keys from. */
export interface Table {
  definition: TableDefinition;
  description: TableShape & Record<string, unknown>;
  /** Absent when the table has no stream. */
  streamArn?: string;
}

/** The ARN of a table. */
export function tableArn(place: Place, tableName: string): string {
  return `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${tableName}`;
}

/**
 * The label of every stream. In AWS it is the time at which the stream was enabled; here it is fixed, so that the ARN of a
 * stream is known before its table exists.
 */
export const STREAM_LABEL = '2025-01-01T00:00:00.000';

/** The ARN of a table's stream. */
export function streamArn(place: Place, tableName: string): string {
  return `${tableArn(place, tableName)}/stream/${STREAM_LABEL}`;
}

/** The table as it is after its creation. */
export function toTable(place: Place, definition: TableDefinition, createdAtMs: number): Table {
  const { tableName, attributeDefinitions, keySchema, globalSecondaryIndexes, streamViewType } = definition;
  const arn = tableArn(place, tableName);
  const stream = streamViewType && streamArn(place, tableName);
  const indexes = globalSecondaryIndexes.map((index) => ({
    ...index,
    IndexArn: `${arn}/index/${index.IndexName}`,
    IndexStatus: 'ACTIVE',
  }));
  const description = {
    TableName: tableName,
    TableArn: arn,
    TableStatus: 'ACTIVE',
    CreationDateTime: createdAtMs / 1000,
    AttributeDefinitions: attributeDefinitions,
    KeySchema: keySchema,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType },
      LatestStreamLabel: STREAM_LABEL,
      LatestStreamArn: stream,
    }),
  };
  return { definition, description, ...(stream && { streamArn: stream }) };
}

/** The type of a key, such as `S`. */
export function typeOf({ attributeDefinitions }: TableDefinition, { AttributeName }: KeySchemaElement): string {
  return String(attributeDefinitions.find((it) => it.AttributeName === AttributeName)?.AttributeType);
}

/** The keys with their types, to tell whether two definitions name an item in the same way. */
export function describeKeys(definition: TableDefinition, keySchema: KeySchemaElement[]): string {
  return keySchema.map((key) => `${key.AttributeName} ${typeOf(definition, key)} ${key.KeyType}`).join(', ');
}

/** The key attributes of an item of the table. */
export function keysOf(table: Table, item: Item): Item {
  const names = table.definition.keySchema.map((key) => key.AttributeName);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}
