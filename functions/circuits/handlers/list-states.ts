import type { CircuitKey, CircuitStore } from '../../../lib/circuit-breaker/circuit-store';
import { type Clock, systemClock } from '../../../lib/clock';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { openCircuits } from '../circuits-table';
import { circuits } from '../contract';
import { declaredCircuits, listKnown } from '../known-circuits';
import { toKnownCircuit } from '../to-circuit';

/** The state of every circuit, by name; may be a moment old, since anybody may ask for it, again and again. */
export const listStates = (store: CircuitStore, declared: readonly CircuitKey[], clock: Clock) => async () => {
  const known = await listKnown(store, declared);
  const now = clock.now();
  return {
    items: known.map((circuit) => {
      const { name, state } = toKnownCircuit(circuit, now);
      return { name, state };
    }),
  };
};

export const handler = queryHandler(
  circuits,
  'list-states',
  listStates(openCircuits(), declaredCircuits(), systemClock),
);
