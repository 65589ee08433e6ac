import { type CircuitItem, type ForcedMode, ITEM_VERSION, readItem } from './circuit-item';
import type { CircuitKey, CircuitStore, ItemUpdate, StoredItem, WriteCondition } from './circuit-store';
import { countNames, createItem, expiresAt } from './circuit-writes';
import type { Annotate, Transition } from './transition';

/** How often it is tried on a circuit that changes at the same time. */
const TRIES = 10;

/** What an operator's decision needs to know. */
export interface Decision {
  /** Epoch milliseconds. */
  readonly now: number;
  /** What is written with it when the circuit opens or closes by it. Default: nothing. */
  readonly annotate?: Annotate;
}

/**
 * Takes a circuit out of its own hands, or gives it back. `isolated` refuses every call and `forced-closed` refuses none, until an
 * operator says otherwise. Given back, it begins half-open after an isolation, and closed with empty counts after having been forced
 * closed. To set what is set already changes nothing.
 *
 * @returns the item after it
 * @throws {Error} when others changed it each time that it was tried, or the item is of a newer version
 */
export async function setMode(
  store: CircuitStore,
  key: CircuitKey,
  mode: 'auto' | ForcedMode,
  { now, annotate = () => ({}) }: Decision,
): Promise<CircuitItem> {
  let stored: StoredItem | undefined = (await store.load(key.service)).get(key.circuit);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const item = stored === undefined ? undefined : readItem(stored);
    if (item && (item.mode ?? 'auto') === mode) return item;
    if (stored !== undefined && !item) refuseNewer(key, stored);
    const outcome = await store.write(key, item ? change(key, item, mode, now, annotate) : renew(stored, now));
    stored = outcome.item;
  }
  throw new Error(`the circuit ${key.circuit} of ${key.service} was changed by others ${TRIES} times`);
}

function change(
  key: CircuitKey,
  item: CircuitItem,
  mode: 'auto' | ForcedMode,
  now: number,
  annotate: Annotate,
): ItemUpdate {
  const epoch = item.epoch + 1;
  const wasOpen = isOpen(item.state, item.mode);
  // After an isolation one probe decides.
  const state = mode === 'auto' ? (item.mode === 'isolated' ? 'OPEN' : 'CLOSED') : item.state;
  const opens = isOpen(state, mode === 'auto' ? undefined : mode);
  const transition: Transition | undefined =
    wasOpen === opens
      ? undefined
      : { kind: opens ? 'opened' : 'closed', ...key, epoch, at: now, cause: 'operator', failures: 0 };
  const extra = transition ? annotate(transition) : {};
  const moved: Record<string, number> = transition ? { [opens ? 'openedAt' : 'closedAt']: now } : {};
  const shared = { epoch, state, leaseUntil: 0, probeSuccesses: 0, ...moved, ...extra.set };
  const isSame: WriteCondition[] = [{ attribute: 'epoch', is: '=', value: item.epoch }];
  const add = { fence: 1, ...extra.add };
  if (mode !== 'auto') return { set: { ...shared, mode }, add, remove: ['expiresAt'], when: isSame };
  return {
    set: { ...shared, until: now, breaks: 0, expiresAt: expiresAt(now) },
    add,
    remove: ['mode', ...countNames()],
    when: isSame,
  };
}

function isOpen(state: CircuitItem['state'], mode: ForcedMode | undefined): boolean {
  return mode === undefined ? state === 'OPEN' : mode === 'isolated';
}

/** A circuit without an item gets one, and a broken one is written anew. */
function renew(stored: StoredItem | undefined, now: number): ItemUpdate {
  const made = createItem(now);
  if (stored === undefined) return made;
  return { ...made, remove: ['mode', ...countNames()], when: [] };
}

function refuseNewer({ service, circuit }: CircuitKey, { v }: StoredItem): void {
  if (typeof v === 'number' && v > ITEM_VERSION) {
    throw new Error(
      `the circuit ${circuit} of ${service} is kept in version ${v}, later than ${ITEM_VERSION}, which is known here`,
    );
  }
}
