import type { CircuitKey, CircuitStore } from '../../../lib/circuit-breaker/circuit-store';
import { type Clock, systemClock } from '../../../lib/clock';
import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { openCircuits } from '../circuits-table';
import { circuits } from '../contract';
import { declaredCircuits, listKnown } from '../known-circuits';
import { toKnownCircuit } from '../to-circuit';

/** Every circuit, by name. An operator sees what the last operator has set. */
export const listCircuits =
  (store: CircuitStore, declared: readonly CircuitKey[], clock: Clock) => async (): Promise<HttpAnswer> => {
    const known = await listKnown(store, declared);
    const now = clock.now();
    return { status: 200, body: { items: known.map((circuit) => toKnownCircuit(circuit, now)) } };
  };

export const handler = httpHandler(
  circuits,
  'list-circuits',
  listCircuits(openCircuits({ isConsistent: true }), declaredCircuits(), systemClock),
);
