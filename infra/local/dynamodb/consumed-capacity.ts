/** The capacity units of one item: of its own in its table, without the indexes. */
export interface ItemUnits {
  tableName: string;
  units: number;
}

/** The write capacity units of one entry of an index. */
export interface IndexUnits extends ItemUnits {
  indexName: string;
}

/**
 * What the items and the entries of the indexes consumed, by table; undefined when the request's `mode` does not ask for it.
 *
 * With `transactional` twice the units of the items, because each is prepared and then committed, and once those of the
 * indexes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function consumedCapacity(
  mode: unknown,
  items: ItemUnits[],
  entries: IndexUnits[] = [],
  transactional?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Array<Record<string, unknown>> | undefined {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return undefined;
  const toDetail = (units: number) => ({ CapacityUnits: units, ...(transactional && { [transactional]: units }) });
  return [...sumBy('tableName', items)].map(([tableName, units]) => {
    const ofTable = transactional ? 2 * units : units;
    const indexes = [
      ...sumBy(
        'indexName',
        entries.filter((entry) => entry.tableName === tableName),
      ),
    ];
    const details = Object.fromEntries(indexes.map(([name, ofIndex]) => [name, toDetail(ofIndex)]));
    return {
      TableName: tableName,
      ...toDetail(indexes.reduce((sum, [, ofIndex]) => sum + ofIndex, ofTable)),
      ...(mode === 'INDEXES' && {
        Table: toDetail(ofTable),
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: details }),
      }),
    };
  });
}

function sumBy<K extends string>(key: K, items: Array<Record<K, string> & { units: number }>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(item[key], (sums.get(item[key]) ?? 0) + item.units);
  return sums;
}
