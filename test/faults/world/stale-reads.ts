import type { DynamoDb, StreamRecord } from '../../../infra/local/dynamodb/dynamodb';

type Wire = Record<string, unknown>;
type Row = Readonly<Record<string, unknown>>;

/** Eventually consistent reads as they may turn out: each row as it was before its last write. */
export interface StaleReads {
  /** Only what need not be strongly consistent, of tables whose changes are known, can be stale. */
  canRead(operation: string, request: Wire): boolean;
  read(operation: string, request: Wire): Promise<Wire>;
  /** Takes note of a write. */
  note(tableName: string, record: StreamRecord): void;
}

/** An index is rarely behind by more. Epoch seconds are all that a stream record tells. */
const LAG_MS = 60_000;

export interface StaleReadsOptions {
  readonly db: DynamoDb;
  readonly now: () => number;
  /** Makes an empty room with the same tables. */
  readonly openScratch: () => Promise<Pick<DynamoDb, 'handle' | 'close'>>;
  /** The sort key of an index. */
  readonly sortKeyOf: (tableName: string, indexName: string) => string | undefined;
}

/** Opens the stale reads over the tables of a room. */
export function openStaleReads({ db, now, openScratch, sortKeyOf }: StaleReadsOptions): StaleReads {
  /** The image before the last write, by the table and the key. */
  const before = new Map<string, Map<string, { image: Row | undefined; atMs: number }>>();

  /** The rows that lag are asked for in a room of their own, which finds out whether they are meant. */
  async function query(request: Wire): Promise<Wire> {
    const tableName = String(request.TableName);
    const lagging = [...(before.get(tableName) ?? [])].filter(([, { atMs }]) => now() - atMs <= LAG_MS);
    const scratch = await openScratch();
    for (const [, { image: Item }] of lagging)
      if (Item) await scratch.handle('PutItem', { TableName: tableName, Item });
    const old = (await scratch.handle('Query', request)).Items as Row[];
    await scratch.close();
    const answer = await db.handle('Query', request);
    const current = (answer.Items as Row[]).filter((row) => !lagging.some(([key]) => hasKey(row, key)));
    const sortKey = sortKeyOf(tableName, String(request.IndexName)) ?? '';
    const ascending = [...old, ...current].sort((a, b) =>
      JSON.stringify(a[sortKey]) < JSON.stringify(b[sortKey]) ? -1 : 1,
    );
    const ordered = request.ScanIndexForward === false ? ascending.reverse() : ascending;
    const Items = ordered.slice(0, Number(request.Limit ?? ordered.length));
    return { ...answer, Items, Count: Items.length };
  }

  return {
    canRead: (operation, request) =>
      before.has(String(request.TableName)) && /^(GetItem|Query)$/.test(operation) && request.ConsistentRead !== true,
    async read(operation, request) {
      if (operation === 'Query') return query(request);
      const last = before.get(String(request.TableName))?.get(JSON.stringify(request.Key));
      if (!last) return db.handle(operation, request);
      return last.image ? { Item: last.image } : {};
    },
    note(tableName, { dynamodb: { Keys, OldImage } }) {
      const rows = before.get(tableName) ?? new Map();
      before.set(tableName, rows);
      rows.set(JSON.stringify(Keys), { image: OldImage, atMs: now() });
    },
  };
}

/** Whether a row has the members of a key. */
function hasKey(row: Row, key: string): boolean {
  const members = Object.entries(JSON.parse(key) as Row);
  return members.every(([name, value]) => JSON.stringify(row[name]) === JSON.stringify(value));
}
