/** The capacity units of one item, or of one entry of an index. */
export interface Units {
  tableName: string;
  /** Absent for the item itself, in its table. */
  indexName?: string;
  units: number;
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
  consumed: Units[],
  transactional?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Array<Record<string, unknown>> | undefined {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return undefined;
  const toDetail = (units: number) => ({ CapacityUnits: units, ...(transactional && { [transactional]: units }) });
  const tableNames = new Set(consumed.map(({ tableName }) => tableName));
  return [...tableNames].map((tableName) => {
    const ofAll = consumed.filter((it) => it.tableName === tableName);
    const indexNames = new Set(ofAll.flatMap(({ indexName }) => indexName ?? []));
    const unitsOf = (name?: string) => sum(ofAll.filter(({ indexName }) => indexName === name));
    const table = unitsOf(undefined) * (transactional ? 2 : 1);
    const indexes = [...indexNames].map((name) => [name, toDetail(unitsOf(name))] as const);
    return {
      TableName: tableName,
      ...toDetail(table + sum(ofAll.filter(({ indexName }) => indexName))),
      ...(mode === 'INDEXES' && {
        Table: toDetail(table),
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: Object.fromEntries(indexes) }),
      }),
    };
  });
}

function sum(consumed: Units[]): number {
  return consumed.reduce((total, { units }) => total + units, 0);
}
