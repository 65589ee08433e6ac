import { circuits } from '../../../functions/circuits/contract';
import { parseEventFilter } from '../../../infra/local/lambda/event-filter';
import { type CircuitItem, readItem } from '../../../lib/circuit-breaker/circuit-item';
import type { CircuitStore, ItemUpdate, StoredItem } from '../../../lib/circuit-breaker/circuit-store';
import { close, noteProbeSuccess, open, reopen, takeLease } from '../../../lib/circuit-breaker/circuit-writes';
import { checkOptions } from '../../../lib/circuit-breaker/options';
import { setMode } from '../../../lib/circuit-breaker/set-mode';
import { announceTransition } from '../../../lib/resilience/circuit-events';
import { changePattern } from '../../../lib/service/change-pattern';
import { CLOSED, counting, NOW, OPEN, storeOf } from './some-circuits';

const KEY = { service: 'payments', circuit: 'provider' };
const { changes } = circuits.handlers['relay-events'].trigger;
const filters = changes.map((change) => parseEventFilter(JSON.stringify(changePattern(change))));

/** Texts as a stream writes them; the filter asks for nothing else. */
const image = (item: StoredItem) =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (typeof value === 'string' ? [[name, { S: value }]] : [])),
  );

const isTaken = (before: StoredItem, after: StoredItem) => {
  const record = { eventName: 'MODIFY', dynamodb: { OldImage: image(before), NewImage: image(after) } };
  return filters.some((takes) => takes(record));
};

/** A store that remembers what each write found and left. */
async function watched(item: object) {
  const store = await storeOf({ 'payments/provider': item });
  const writes: Array<{ before: StoredItem; after: StoredItem }> = [];
  const watching: CircuitStore = {
    load: store.load,
    write: async (key, update) => {
      const before = (await store.load(key.service)).get(key.circuit) ?? {};
      const outcome = await store.write(key, update);
      if (outcome.applied) writes.push({ before, after: outcome.item });
      return outcome;
    },
  };
  return { store: watching, writes };
}

const FORCED = ['isolated', 'forced-closed'] as const;
const items = [CLOSED, OPEN].flatMap((item) => [item, ...FORCED.map((mode) => ({ ...item, mode }))]);
const decisions = items.flatMap((item) => (['auto', ...FORCED] as const).map((mode) => ({ item, mode })));
const nameOf = (item: { state: string; mode?: string }) => `${item.state} ${item.mode ?? 'auto'}`;

describe('the relay of circuits', () => {
  it.each(decisions.map(({ item, mode }) => [nameOf(item), mode, item] as const))(
    'is given the write that makes %s into %s, if it tells of it',
    async (_, mode, item) => {
      const { store, writes } = await watched(item);

      await setMode(store, KEY, mode, { now: NOW, annotate: announceTransition });

      for (const { before, after } of writes) {
        if (after._outSeq !== before._outSeq) expect(isTaken(before, after)).toBe(true);
      }
    },
  );

  it('is given what an operator decides', async () => {
    const { store, writes } = await watched(CLOSED);

    await setMode(store, KEY, 'isolated', { now: NOW, annotate: announceTransition });

    expect(writes.map(({ before, after }) => [after._outSeq !== before._outSeq, isTaken(before, after)])).toEqual([
      [true, true],
    ]);
  });

  const settings = checkOptions({});
  it.each<[string, object, (item: CircuitItem) => ItemUpdate, boolean]>([
    ['opens', CLOSED, (item) => open(item, settings, NOW, 0.5), true],
    ['closes', OPEN, (item) => close(item, NOW), true],
    ['stays open', OPEN, (item) => reopen(item, settings, NOW, 0.5), false],
    ['is probed', { ...OPEN, until: 0 }, (item) => takeLease(item, 1_000, NOW), false],
    ['waits for another probe', OPEN, noteProbeSuccess, false],
    ['counts a failure', CLOSED, () => ({ set: counting(1), when: [] }), false],
  ])('is given a circuit that %s: %s', async (_, item, update, expected) => {
    const { store, writes } = await watched(item);

    await store.write(KEY, update(readItem({ ...item }) as CircuitItem));

    expect(writes.map(({ before, after }) => isTaken(before, after))).toEqual([expected]);
  });
});
