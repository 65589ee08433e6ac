import type { Result } from './operations';
import type { IndexUnits } from './room';

/** What one table was charged for, as the answer of an operation has it. */
interface ConsumedCapacity {
  TableName: string;
  CapacityUnits: number;
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

/**
 * Adds the writes to the indexes, which dynalite does not count, to the answer of a write.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function withIndexUnits(result: Result, units: IndexUnits): Result {
  const consumed = result.ConsumedCapacity as ConsumedCapacity | ConsumedCapacity[] | undefined;
  if (!consumed) return result;
  const counted = Array.isArray(consumed) ? consumed.map((it) => add(it, units)) : add(consumed, units);
  return { ...result, ConsumedCapacity: counted };
}

/**
 * What a transaction consumes: twice the units of the items, because each is prepared and then committed, and once those of
 * the indexes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function transactionCapacity(
  mode: unknown,
  kind: 'ReadCapacityUnits' | 'WriteCapacityUnits',
  unitsByItem: Array<{ tableName: string; units: number }>,
  indexUnits: IndexUnits = new Map(),
): Result {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return {};
  const consumed = [...groupByTable(unitsByItem)].map(([tableName, units]) => {
    const ofTable = { TableName: tableName, CapacityUnits: 2 * units };
    const total = add(mode === 'INDEXES' ? { ...ofTable, Table: { CapacityUnits: 2 * units } } : ofTable, indexUnits);
    return { ...total, [kind]: total.CapacityUnits };
  });
  return { ConsumedCapacity: consumed };
}

/** The units that a request for one item consumed, whether or not it asked for them. */
export function unitsOf(result: Result): number {
  return (result.ConsumedCapacity as ConsumedCapacity).CapacityUnits;
}

function groupByTable(items: Array<{ tableName: string; units: number }>): Map<string, number> {
  const tables = new Map<string, number>();
  for (const { tableName, units } of items) tables.set(tableName, (tables.get(tableName) ?? 0) + units);
  return tables;
}

function add(consumed: ConsumedCapacity, units: IndexUnits): ConsumedCapacity {
  const indexes = [...(units.get(consumed.TableName) ?? [])];
  const sum = indexes.reduce((total, [, ofIndex]) => total + ofIndex, 0);
  const details = Object.fromEntries(indexes.map(([name, ofIndex]) => [name, { CapacityUnits: ofIndex }]));
  return {
    ...consumed,
    CapacityUnits: consumed.CapacityUnits + sum,
    // Only INDEXES asks for the parts, and then the engine's answer has that of the table.
    ...(consumed.Table && indexes.length > 0 && { GlobalSecondaryIndexes: details }),
  };
}
