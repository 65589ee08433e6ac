import { type BatchOperation, createIndexKey, createKey, type Item, itemSize } from 'dynalite/db';
import { isSameItem } from './same-item';
import type { GlobalSecondaryIndex, Table } from './table';

/** What the change of one item does to one index. */
export interface IndexChange {
  indexName: string;
  operations: BatchOperation[];
  /** The write capacity units that AWS charges for it. */
  capacityUnits: number;
}

/** The beginning of the database keys of all index entries; the names of table and index follow. */
export const INDEX_PREFIX = 'index-global~';

/**
 * What becomes of the table's indexes when an item goes from `before` to `after`. An index whose entry stays the same is
 * left out.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexChanges(table: Table, before: Item | undefined, after: Item | undefined): IndexChange[] {
  return table.definition.globalSecondaryIndexes.flatMap((index) => {
    const old = before && toEntry(table, index, before);
    const next = after && toEntry(table, index, after);
    if (old?.key === next?.key && isSameItem(old?.item, next?.item)) return [];
    const isMoved = old !== undefined && old.key !== next?.key;
    const removal: BatchOperation[] = isMoved ? [{ type: 'del', key: old.key }] : [];
    const addition: BatchOperation[] = next ? [{ type: 'put', key: next.key, value: next.item }] : [];
    const capacityUnits = isMoved || !old ? units(old) + units(next) : Math.max(units(old), units(next));
    return [{ indexName: index.IndexName, operations: [...removal, ...addition], capacityUnits }];
  });
}

/**
 * Where an item stands in an index. dynalite tells items with the same index keys apart by six hexadecimal digits of a
 * hash, and so loses one of two among some thousand items; the item's own key behind them makes the entry unique.
 */
export function indexEntryKey(table: Table, index: GlobalSecondaryIndex, item: Item): string {
  return `${createIndexKey(item, table.description, index.KeySchema)}/${createKey(item, table.description)}`;
}

interface Entry {
  key: string;
  item: Item;
}

/** An item that lacks a key of the index is not in it. */
function toEntry(table: Table, index: GlobalSecondaryIndex, item: Item): Entry | undefined {
  if (index.KeySchema.some((key) => item[key.AttributeName] === undefined)) return undefined;
  const prefix = `${INDEX_PREFIX}${table.definition.tableName}~${index.IndexName}~`;
  return { key: prefix + indexEntryKey(table, index, item), item: project(table, index, item) };
}

function project(table: Table, index: GlobalSecondaryIndex, item: Item): Item {
  if (index.Projection.ProjectionType === 'ALL') return item;
  const keys = [...index.KeySchema, ...table.definition.keySchema].map((key) => key.AttributeName);
  const projected = new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])]);
  return Object.fromEntries(Object.entries(item).filter(([attribute]) => projected.has(attribute)));
}

function units(entry: Entry | undefined): number {
  return entry ? Math.max(1, Math.ceil(itemSize(entry.item) / 1024)) : 0;
}
