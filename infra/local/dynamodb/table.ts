import type { KeySchemaElement, TableShape } from 'dynalite/db';

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
export function toTable(place: Place, definition: TableDefinition, tableId: string, createdAtMs: number): Table {
  const stream = definition.streamViewType;
  const description = {
    TableName: definition.tableName,
    TableArn: tableArn(place, definition.tableName),
    TableId: tableId,
    TableStatus: 'ACTIVE',
    CreationDateTime: createdAtMs / 1000,
    AttributeDefinitions: definition.attributeDefinitions,
    KeySchema: definition.keySchema,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: NO_THROUGHPUT,
    ItemCount: 0,
    TableSizeBytes: 0,
    ...(definition.globalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes: toIndexes(place, definition) }),
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
      LatestStreamLabel: STREAM_LABEL,
      LatestStreamArn: streamArn(place, definition.tableName),
    }),
  };
  return { definition, description, ...(stream && { streamArn: streamArn(place, definition.tableName) }) };
}

/** The keys with their types, to tell whether two definitions name an item in the same way. */
export function describeKeys(definition: TableDefinition, keySchema: KeySchemaElement[]): string {
  return keySchema.map((key) => `${key.AttributeName} ${typeOf(definition, key)} ${key.KeyType}`).join(', ');
}

/** @throws {Error} when a key has no attribute definition: the engine would take the type of another key for it. */
export function assertKeysAreDefined(definition: TableDefinition): void {
  const schemas = [definition.keySchema, ...definition.globalSecondaryIndexes.map((index) => index.KeySchema)];
  for (const key of schemas.flat()) {
    if (typeOf(definition, key) === undefined) {
      throw new Error(`table ${definition.tableName}: the key ${key.AttributeName} has no attribute definition`);
    }
  }
}

const NO_THROUGHPUT = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };

function toIndexes(place: Place, definition: TableDefinition): Array<Record<string, unknown>> {
  return definition.globalSecondaryIndexes.map((index) => ({
    ...index,
    IndexArn: `${tableArn(place, definition.tableName)}/index/${index.IndexName}`,
    IndexStatus: 'ACTIVE',
    ItemCount: 0,
    IndexSizeBytes: 0,
    ProvisionedThroughput: NO_THROUGHPUT,
  }));
}

/** The type of a key, such as `S`; undefined when the definition does not say it. */
export function typeOf(definition: TableDefinition, key: KeySchemaElement): string | undefined {
  return definition.attributeDefinitions.find((it) => it.AttributeName === key.AttributeName)?.AttributeType;
}
