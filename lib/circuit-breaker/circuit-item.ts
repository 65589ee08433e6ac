import type { StoredItem } from './circuit-store';

/** The layout of items that this code writes. Older layouts, and newer ones, are not read: such a circuit has its local breakers only. */
export const ITEM_VERSION = 1;

/** Pieces of the window; each counts a tenth of it. */
export const SLOTS = 10;

/** What an operator has decided; without it the circuit decides for itself. */
export type ForcedMode = 'isolated' | 'forced-closed';

/** What calls came to in one piece of time, named by its number since 1970. */
export interface Bucket {
  readonly id: number;
  readonly calls: number;
  readonly failures: number;
}

/**
 * A circuit as it is stored. Half-open is no state of its own: it is open, its break is over, and a lease says who is probing.
 * Instants are epoch milliseconds, by the clock of whoever wrote them.
 */
export interface CircuitItem {
  readonly state: 'CLOSED' | 'OPEN';
  readonly mode?: ForcedMode;
  /** One more with each change of `state` or `mode`. */
  readonly epoch: number;
  readonly openedAt?: number;
  readonly closedAt?: number;
  /** When a probe may be sent. */
  readonly until: number;
  /** How often it has opened, or stayed open, since it was last closed for long: what the break grows with. */
  readonly breaks: number;
  /** Until when the probe that is under way has the circuit to itself; 0: none is. */
  readonly leaseUntil: number;
  /** One more with each lease. */
  readonly fence: number;
  readonly probeSuccesses: number;
  /** By place: bucket `id` is at `id % SLOTS`. */
  readonly slots: readonly (Bucket | undefined)[];
  /** Calls in each of two minutes, by place: `id % 2`. Estimated by samples. */
  readonly minutes: readonly (Bucket | undefined)[];
  /** Of each instance, named by one of 16 numbers, the slot in which it last saw a failure. Kept where the rule asks for several. */
  readonly reporters: readonly (number | undefined)[];
}

/** The names of the attributes of a bucket at a place. */
export const slotNames = (at: number) => ({ id: `s${at}`, calls: `c${at}`, failures: `f${at}` });
export const minuteNames = (at: number) => ({ id: `m${at}`, calls: `n${at}` });
export const reporterName = (reporter: number) => `r${reporter}`;

/** Instances are told apart by this many numbers: what is counted is "several", and the item stays small. */
export const REPORTERS = 16;

/**
 * Reads a stored item.
 *
 * @returns `undefined` when it is not what this code writes: of another version, or broken
 */
export function readItem(stored: StoredItem): CircuitItem | undefined {
  const { v, state, mode, openedAt, closedAt } = stored;
  if (v !== ITEM_VERSION || (state !== 'CLOSED' && state !== 'OPEN')) return undefined;
  if (mode !== undefined && mode !== 'isolated' && mode !== 'forced-closed') return undefined;
  const numbers = ['epoch', 'until', 'breaks', 'leaseUntil', 'fence', 'probeSuccesses'] as const;
  if (!numbers.every((name) => isCount(stored[name]))) return undefined;
  if (![openedAt, closedAt].every((at) => at === undefined || isCount(at))) return undefined;
  const count = (name: string) => (isCount(stored[name]) ? (stored[name] as number) : 0);
  const find = (name: string) => (isCount(stored[name]) ? (stored[name] as number) : undefined);
  const bucket = (names: { id: string; calls: string; failures?: string }): Bucket | undefined =>
    isCount(stored[names.id])
      ? {
          id: count(names.id),
          calls: count(names.calls),
          failures: names.failures === undefined ? 0 : count(names.failures),
        }
      : undefined;
  return {
    state,
    ...(mode !== undefined && { mode }),
    epoch: count('epoch'),
    ...(openedAt !== undefined && { openedAt: openedAt as number }),
    ...(closedAt !== undefined && { closedAt: closedAt as number }),
    until: count('until'),
    breaks: count('breaks'),
    leaseUntil: count('leaseUntil'),
    fence: count('fence'),
    probeSuccesses: count('probeSuccesses'),
    slots: Array.from({ length: SLOTS }, (_, at) => bucket(slotNames(at))),
    minutes: [0, 1].map((at) => bucket(minuteNames(at))),
    reporters: Array.from({ length: REPORTERS }, (_, reporter) => find(reporterName(reporter))),
  };
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}
