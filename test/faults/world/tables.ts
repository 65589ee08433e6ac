import type { Clock } from '../../../infra/local/clock';
import { type DynamoDb, openDynamoDb, type TableDefinition } from '../../../infra/local/dynamodb/dynamodb';
import { openStorage } from '../../../infra/local/storage/open-storage';
import type { ServiceContract, TableContract } from '../../../lib/service/contract';
import { tableName } from '../../../lib/service/names';
import { PLACE, STAGE } from './place';

type Wire = Record<string, unknown>;

/** The tables of all services, in memory. */
export interface Tables {
  readonly db: DynamoDb;
  /** Every row of a service's table, in the wire form. */
  scan(service: string): Promise<Array<Record<string, never>>>;
  close(): Promise<void>;
}

/** Makes the tables that the contracts declare, as the infrastructure does. */
export async function openTables(services: readonly ServiceContract[], clock: Clock): Promise<Tables> {
  const storage = await openStorage();
  const db = await openDynamoDb({ storage, clock, ...PLACE });
  await db.createTable(
    ...services.flatMap(({ name, table }) => (table ? [definitionOf(tableName(STAGE, name), table)] : [])),
  );
  return {
    db,
    async scan(service) {
      const rows: Array<Record<string, never>> = [];
      let ExclusiveStartKey: unknown;
      do {
        const page: Wire = await db.handle('Scan', {
          TableName: tableName(STAGE, service),
          ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
        });
        rows.push(...(page.Items as typeof rows));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return rows;
    },
    close: async () => {
      await db.close();
      await storage.close();
    },
  };
}

function definitionOf(name: string, table: TableContract): TableDefinition {
  const indexes = Object.entries(table.indexes ?? {});
  const names = [table.partitionKey, table.sortKey, ...indexes.flatMap(([, it]) => [it.partitionKey, it.sortKey])];
  const distinct = [...new Set(names.filter((it) => it !== undefined))];
  return {
    tableName: name,
    attributeDefinitions: distinct.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    keySchema: keySchemaOf(table),
    globalSecondaryIndexes: indexes.map(([IndexName, index]) => ({
      IndexName,
      KeySchema: keySchemaOf(index),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
    // Of every table, so that stale reads know what was there before.
    streamViewType: 'NEW_AND_OLD_IMAGES',
    ...(table.timeToLive !== undefined && { ttlAttribute: table.timeToLive }),
  };
}

function keySchemaOf({ partitionKey, sortKey }: { partitionKey: string; sortKey?: string }) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' }]),
  ];
}
