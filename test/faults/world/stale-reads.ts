import type { DynamoDb, StreamRecord } from '../../../infra/local/dynamodb/dynamodb';
import { LAG_MS } from './evidence';

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

export interface StaleReadsOptions {
  readonly db: DynamoDb;
  readonly now: () => number;
  /** Makes an empty room with the same tables. */
  readonly openScratch: () => Promise<Pick<DynamoDb, 'handle' | 'close'>>;
  /** The sort key of an index. */
  readonly sortKeyOf: (tableName: string, indexName: string) => string | undefined;
}

/** What rows were before their last writes. */
class Past {
  private readonly tables = new Map<string, Map<string, { image: Row | undefined; atMs: number }>>();

  note(tableName: string, key: unknown, image: Row | undefined, atMs: number): void {
    const rows = this.tables.get(tableName) ?? new Map();
    this.tables.set(tableName, rows);
    rows.set(JSON.stringify(key), { image, atMs });
  }

  knows(tableName: string): boolean {
    return this.tables.has(tableName);
  }

  /** The image before the last write, if there was a row; `undefined` when the key was not written to. */
  find(tableName: string, key: unknown): { image: Row | undefined } | undefined {
    return this.tables.get(tableName)?.get(JSON.stringify(key));
  }

  /** The keys, as texts, that were written to since, with their images. */
  writtenSince(tableName: string, sinceMs: number): Array<[key: string, image: Row | undefined]> {
    const rows = [...(this.tables.get(tableName) ?? [])];
    return rows.filter(([, { atMs }]) => atMs >= sinceMs).map(([key, { image }]) => [key, image]);
  }
}

/** Opens the stale reads over the tables of a room. */
export function openStaleReads(options: StaleReadsOptions): StaleReads {
  const { db, now } = options;
  const past = new Past();
  return {
    canRead: (operation, request) =>
      Object.entries(tablesOf(operation, request)).some(
        ([tableName, { ConsistentRead }]) => past.knows(tableName) && ConsistentRead !== true,
      ),
    async read(operation, request) {
      if (operation === 'Query') return query(options, past, request);
      if (operation === 'BatchGetItem') return batchGet(options, past, request);
      const last = past.find(String(request.TableName), request.Key);
      if (!last) return db.handle(operation, request);
      return last.image ? { Item: last.image } : {};
    },
    note: (tableName, { dynamodb: { Keys, OldImage } }) => past.note(tableName, Keys, OldImage, now()),
  };
}

/** The rows that lag are asked for in a room of their own, which finds out whether they are meant. */
async function query({ db, now, openScratch, sortKeyOf }: StaleReadsOptions, past: Past, request: Wire): Promise<Wire> {
  const tableName = String(request.TableName);
  const lagging = past.writtenSince(tableName, now() - LAG_MS);
  const scratch = await openScratch();
  for (const [, Item] of lagging) if (Item) await scratch.handle('PutItem', { TableName: tableName, Item });
  const old = (await scratch.handle('Query', request)).Items as Row[];
  await scratch.close();
  // How many there are in front of what lags, the limit does not say.
  const { Limit, ...unlimited } = request;
  const answer = await db.handle('Query', unlimited);
  const current = (answer.Items as Row[]).filter((row) => !lagging.some(([key]) => hasKey(row, key)));
  const ordered = inOrder([...old, ...current], await rankOf(db, unlimited), {
    sortKey: sortKeyOf(tableName, String(request.IndexName)) ?? '',
    isForward: request.ScanIndexForward !== false,
  });
  const Items = ordered.slice(0, Number(Limit ?? ordered.length));
  // An index of ours holds keys only.
  return { Items, Count: Items.length, ...(Items.length < ordered.length && { LastEvaluatedKey: Items.at(-1) }) };
}

/** What is asked for with a projection comes whole. */
async function batchGet({ db }: StaleReadsOptions, past: Past, request: Wire): Promise<Wire> {
  const answer = await db.handle('BatchGetItem', request);
  const responses = Object.entries(answer.Responses as Record<string, Row[]>).map(([tableName, current]) => {
    const { Keys } = (request.RequestItems as Record<string, { Keys: Row[] }>)[tableName] ?? { Keys: [] };
    const older = Keys.flatMap((key) => past.find(tableName, key)?.image ?? []);
    const isSame = (row: Row) => !Keys.some((key) => past.find(tableName, key) && hasKey(row, JSON.stringify(key)));
    return [tableName, [...older, ...current.filter(isSame)]];
  });
  return { ...answer, Responses: Object.fromEntries(responses) };
}

/** The tables that a read asks, each with how. */
function tablesOf(operation: string, request: Wire): Record<string, Wire> {
  if (operation === 'BatchGetItem') return request.RequestItems as Record<string, Wire>;
  return operation === 'GetItem' || operation === 'Query' ? { [String(request.TableName)]: request } : {};
}

/** Whether a row has the members of a key. */
function hasKey(row: Row, key: string): boolean {
  const members = Object.entries(JSON.parse(key) as Row);
  return members.every(([name, value]) => JSON.stringify(row[name]) === JSON.stringify(value));
}

/** Where each row stands in the index: rows of one sort key have an order too, which is the same however stale a read is. */
async function rankOf(db: DynamoDb, { ExclusiveStartKey: _, ...request }: Wire): Promise<(row: Row) => number> {
  const ranks = new Map(((await db.handle('Query', request)).Items as Row[]).map((row, rank) => [textOf(row), rank]));
  return (row) => ranks.get(textOf(row)) ?? 0;
}

function inOrder(
  rows: readonly Row[],
  rank: (row: Row) => number,
  { sortKey, isForward }: { sortKey: string; isForward: boolean },
): Row[] {
  const compare = (a: Row, b: Row) => {
    const [left, right] = [JSON.stringify(a[sortKey]), JSON.stringify(b[sortKey])];
    if (left === right) return rank(a) - rank(b);
    return left < right === isForward ? -1 : 1;
  };
  return [...rows].sort(compare);
}

function textOf(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
