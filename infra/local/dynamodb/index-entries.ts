import { isDeepStrictEqual } from 'node:util';
import { type BatchOperation, createIndexKey, createKey, type Item } from 'dynalite/db';
import type { Units } from './consumed-capacity';
import { writeUnits } from './item-rules';
import { type GlobalSecondaryIndex, type Table, typeOf } from './table';

/** What the change of one item does to one index, and the write capacity units that AWS charges for it. */
interface IndexChange extends Units {
  operations: BatchOperation[];
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
    const units = isMoved && next ? writeUnits(old.item) + writeUnits(next.item) : writeUnits(old?.item, next?.item);
    const { tableName } = table.definition;
    return [{ tableName, indexName: index.IndexName, units, operations: [...removal, ...addition] }];
  });
}

/**
 * Where an item stands in an index. dynalite tells items with the same index keys apart by six hexadecimal digits of a
 * hash, and so loses one of two among some thousand items; the item's own key behind them makes the entry unique.
 */
export function indexEntryKey(table: Table, index: GlobalSecondaryIndex, item: Item): string {
  return `${createIndexKey(item, table.description, index.KeySchema)}/${createKey(item, table.description)}`;
}

/** Whether two items hold the same: the order of attributes and of the members of a set does not count. */
export function isSameItem(one: Item | undefined, other: Item | undefined): boolean {
  return isDeepStrictEqual(one && normalize(one), other && normalize(other));
}

/**
 * An item is not in the index if it lacks a key of it, or has another type there or nothing in it. A write of such an item is
 * refused; it can only be older than the index.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
 */
function toEntry(table: Table, index: GlobalSecondaryIndex, item: Item): { key: string; item: Item } | undefined {
  if (!index.KeySchema.every((key) => item[key.AttributeName]?.[typeOf(table.definition, key)])) return undefined;
  const prefix = `${INDEX_PREFIX}${table.definition.tableName}~${index.IndexName}~`;
  return { key: prefix + indexEntryKey(table, index, item), item: project(table, index, item) };
}

function project(table: Table, index: GlobalSecondaryIndex, item: Item): Item {
  if (index.Projection.ProjectionType === 'ALL') return item;
  const keys = [...index.KeySchema, ...table.definition.keySchema].map((key) => key.AttributeName);
  const projected = new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])]);
  return Object.fromEntries(Object.entries(item).filter(([attribute]) => projected.has(attribute)));
}

/** Through JSON, because the engine's items have no prototype and stored ones have, which would make them unequal. */
function normalize(item: Item): unknown {
  return JSON.parse(JSON.stringify(item), (key, value) =>
    SET_TYPES.has(key) && Array.isArray(value) ? value.sort() : value,
  );
}

/** Only the value of a set is an array under one of these names: an attribute of that name holds a typed value. */
const SET_TYPES = new Set(['SS', 'NS', 'BS']);
