import type { Database, Item } from 'dynalite/db';
import type { Clock } from '../clock';
import type { ItemChange } from './pending-writes';
import { prefixEnd } from './prefix';
import type { Table } from './table';
import { itemPrefix } from './tables';

/** When an item of a table with a time to live is due. */
interface Deadline {
  tableName: string;
  key: string;
  atMs: number;
}

/**
 * Knows which items have to go when, and calls `expire` for each of them as soon as its time has passed. AWS takes up to
 * some days for it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export class TimeToLive {
  private readonly deadlines = new Map<string, Deadline>();
  private readonly attributes = new Map<string, string | undefined>();
  private cancelTimer = () => {};
  private nextAtMs = Number.POSITIVE_INFINITY;
  private isClosed = false;
  private sweep: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly expire: (tableName: string, key: string) => Promise<void>,
  ) {}

  /** Takes up the items that are in the table already, unless that is done for the attribute. */
  async open(db: Database, table: Table): Promise<void> {
    const { tableName, ttlAttribute } = table.definition;
    if (this.attributes.get(tableName) === ttlAttribute) return;
    this.attributes.set(tableName, ttlAttribute);
    const prefix = itemPrefix(tableName);
    for await (const [key, item] of db.iterator({ gte: prefix, lt: prefixEnd(prefix) })) {
      this.track({ table, key: key.slice(prefix.length), after: item as Item });
    }
  }

  /** Takes note of a committed change. */
  track({ table, key, after }: ItemChange): void {
    const { tableName } = table.definition;
    const id = itemPrefix(tableName) + key;
    const atMs = after && deadlineOf(table, after, this.clock.now());
    if (atMs === undefined) {
      this.deadlines.delete(id);
      return;
    }
    this.deadlines.set(id, { tableName, key, atMs });
    if (atMs < this.nextAtMs) this.wakeAt(atMs);
  }

  /** Stops; resolves when what is being deleted is deleted. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.cancelTimer();
    await this.sweep;
  }

  private wakeAt(atMs: number): void {
    this.cancelTimer();
    this.nextAtMs = atMs;
    const delayMs = Math.min(Math.max(0, atMs - this.clock.now()), LONGEST_DELAY_MS);
    this.cancelTimer = this.clock.after(delayMs, () => {
      this.sweep = this.sweep.then(() => this.deleteExpired());
    });
  }

  private async deleteExpired(): Promise<void> {
    const nowMs = this.clock.now();
    for (const [id, deadline] of this.deadlines) {
      if (this.isClosed) return;
      if (deadline.atMs > nowMs) continue;
      await this.expire(deadline.tableName, deadline.key);
      // An item that was put again meanwhile has a deadline of its own.
      if (this.deadlines.get(id) === deadline) this.deadlines.delete(id);
    }
    this.nextAtMs = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.deadlines.values()) next = Math.min(next, atMs);
    if (Number.isFinite(next)) this.wakeAt(next);
  }
}

/** The instant at which the item expires; undefined when it does not. */
export function deadlineOf(table: Table, item: Item, nowMs: number): number | undefined {
  const { ttlAttribute } = table.definition;
  const value = ttlAttribute === undefined ? undefined : item[ttlAttribute];
  const atMs = value?.N === undefined ? Number.NaN : Number(value.N) * 1000;
  const isTooOld = atMs < nowMs - FIVE_YEARS_MS;
  return Number.isNaN(atMs) || isTooOld ? undefined : atMs;
}

/** AWS takes an older time for a mistake, such as a duration, and lets the item live. */
const FIVE_YEARS_MS = 5 * 365 * 24 * 60 * 60 * 1000;

/** A timer of the computer cannot wait longer than 24.8 days: it would fire at once. */
const LONGEST_DELAY_MS = 24 * 60 * 60 * 1000;
