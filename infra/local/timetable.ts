/** Times that come again and again and outlive a restart: what schedules and the scheduled rules of EventBridge share. */
import type { Clock } from './clock';
import type { NewDelivery, RetriedDeliveries } from './delivery-retry';
import type { KeyValueStore } from './storage/key-value-store';

/** When something is due for the first time after `afterMs`; `anchorAtMs` is from when a rate counts. `undefined`: never. */
export type NextTime = (afterMs: number, anchorAtMs: number) => number | undefined;

/** What is due at certain times. */
export interface TimetableEntry {
  /** Where it stands is kept under this key. */
  readonly key: string;
  /** What a failure is told of, such as `schedule sweep`. */
  readonly title: string;
  /** Disabled, it forgets where it stood: what falls due meanwhile is not made up for. */
  readonly isEnabled: boolean;
  /** Of all that decides when it is due: with another one it starts anew. */
  readonly fingerprint: string;
  readonly next: NextTime;
  /** How long after the due time it may run. */
  readonly windowMs: number;
  toDeliveries(dueAtMs: number): NewDelivery[];
}

export interface Timetable {
  /**
   * Lets an entry run from now on, or go on from where the store has it.
   *
   * A time that passed while nothing ran, or that the clock was put past, is made up for once and at once, with that time as
   * the scheduled one; of several missed times only the first. AWS itself is never away, so there is nothing to follow.
   */
  begin(entry: TimetableEntry): Promise<void>;
  /** Nothing falls due any more; resolves when what is under way is over. */
  close(): Promise<void>;
}

export interface TimetableOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  /** In [0, 1), for the time within a window; `Math.random` unless told. */
  readonly random?: () => number;
  readonly deliveries: Pick<RetriedDeliveries, 'prepare'>;
  readonly onError: (error: unknown, what: string) => void;
}

/** Where an entry stands, kept under its key. */
interface Position {
  readonly fingerprint: string;
  readonly createdAtMs: number;
  /** When it is due next; absent when it never is again. */
  readonly dueAtMs?: number;
  /** When it runs for that: later than due by its window. */
  readonly runAtMs?: number;
}

/** How long a timer sleeps at most: a clock that is moved is noticed within it, and a timer has a largest delay. */
const MAX_SLEEP_MS = 10_000;

export function openTimetable(options: TimetableOptions): Timetable {
  const { store, clock, random = Math.random, deliveries, onError } = options;
  const running = new Set<Promise<void>>();
  let isClosed = false;

  function plan(entry: TimetableEntry, { fingerprint, createdAtMs }: Position, afterMs: number): Position {
    const dueAtMs = entry.next(afterMs, createdAtMs);
    if (dueAtMs === undefined) return { fingerprint, createdAtMs };
    return { fingerprint, createdAtMs, dueAtMs, runAtMs: dueAtMs + Math.floor(random() * entry.windowMs) };
  }

  function sleep(entry: TimetableEntry, position: Position): void {
    if (position.runAtMs === undefined) return;
    const delayMs = Math.min(Math.max(0, position.runAtMs - clock.now()), MAX_SLEEP_MS);
    clock.after(delayMs, () => {
      if (isClosed) return;
      const run = wake(entry, position)
        .catch((error: unknown) => onError(error, entry.title))
        .finally(() => running.delete(run));
      running.add(run);
    });
  }

  async function wake(entry: TimetableEntry, position: Position): Promise<void> {
    const { dueAtMs, runAtMs } = position;
    const nowMs = clock.now();
    if (dueAtMs === undefined || runAtMs === undefined || runAtMs > nowMs) return sleep(entry, position);
    const { changes, start } = deliveries.prepare(entry.toDeliveries(dueAtMs));
    // A window can end after the next due time, which then must not be left out.
    const later = plan(entry, position, Math.max(dueAtMs, nowMs - entry.windowMs));
    await store.write([...changes, { key: entry.key, value: later }]);
    start();
    sleep(entry, later);
  }

  return {
    async begin(entry) {
      const { key, fingerprint } = entry;
      if (!entry.isEnabled) return store.write([{ key }]);
      const known = await store.get<Position>(key);
      if (known?.fingerprint === fingerprint) return sleep(entry, known);
      const nowMs = clock.now();
      const fresh = plan(entry, { fingerprint, createdAtMs: nowMs }, nowMs - 1);
      await store.write([{ key, value: fresh }]);
      sleep(entry, fresh);
    },
    async close() {
      isClosed = true;
      await Promise.all(running);
    },
  };
}
