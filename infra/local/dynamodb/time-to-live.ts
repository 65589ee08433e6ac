import type { Database, Item } from 'dynalite/db';
import type { Clock } from '../clock';
import type { ItemChange } from './pending-writes';
import type { Table } from './table';
import { itemPrefix, withPrefix } from './tables';

/**
 * Knows which items have to go when, and calls `expire` for each of them as soon as its time has passed. AWS takes up to
 * some days for it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export class TimeToLive {
  /** What cancels the timer of an item, by the item's database key. */
  private readonly timers = new Map<string, () => void>();
  private isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly expire: (table: Table, itemId: string) => void,
  ) {}

  /** Takes up the items that are in the table already. */
  async open(db: Database, table: Table): Promise<void> {
    if (table.definition.ttlAttribute === undefined) return;
    for await (const [itemId, item] of db.iterator(withPrefix(itemPrefix(table.definition.tableName)))) {
      this.track({ table, itemId, after: item as Item });
    }
  }

  /** Takes note of an item as it is now. */
  track({ table, itemId, after }: ItemChange): void {
    this.timers.get(itemId)?.();
    this.timers.delete(itemId);
    const nowMs = this.clock.now();
    const deadlineMs = after && deadlineOf(table, after, nowMs);
    if (deadlineMs === undefined || this.isClosed) return;
    const delayMs = Math.min(Math.max(0, deadlineMs - nowMs), LONGEST_DELAY_MS);
    const cancel = this.clock.after(delayMs, () => this.expire(table, itemId));
    this.timers.set(itemId, cancel);
  }

  /** No more items expire. */
  close(): void {
    this.isClosed = true;
    for (const cancel of this.timers.values()) cancel();
  }
}

/** The instant at which the item expires, in epoch milliseconds; undefined when it does not. */
export function deadlineOf(table: Table, item: Item, nowMs: number): number | undefined {
  const { ttlAttribute = '' } = table.definition;
  const deadlineMs = Number(item[ttlAttribute]?.N ?? Number.NaN) * 1000;
  return deadlineMs >= nowMs - FIVE_YEARS_MS ? deadlineMs : undefined;
}

/** AWS takes an older time for a mistake, such as a duration, and lets the item live. */
const FIVE_YEARS_MS = 5 * 365 * 24 * 60 * 60 * 1000;

/** A timer of the computer cannot wait longer than 24.8 days: it would fire at once. */
const LONGEST_DELAY_MS = 24 * 60 * 60 * 1000;
