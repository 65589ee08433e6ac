import { ITEM_VERSION } from '../../../lib/circuit-breaker/circuit-item';
import type { CircuitKey, CircuitStore, StoredItem } from '../../../lib/circuit-breaker/circuit-store';
import { setMode } from '../../../lib/circuit-breaker/set-mode';
import { circuitTitle } from '../../../lib/circuit-breaker/transition';
import { type Clock, systemClock } from '../../../lib/clock';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { log } from '../../../lib/observability/log';
import { announceTransition } from '../../../lib/resilience/circuit-events';
import { CircuitNotFoundError, CircuitOfLaterVersionError } from '../circuit-problems';
import { openCircuits } from '../circuits-table';
import { circuits } from '../contract';
import { declaredCircuits, findKnown } from '../known-circuits';
import { toCircuit } from '../to-circuit';

/**
 * Takes a circuit out of its own hands, or gives it back. Those who call learn it when they look next, which is within seconds.
 * What is set already changes nothing. A stored state that is broken is made anew.
 */
export const setCircuitMode =
  (store: CircuitStore, declared: readonly CircuitKey[], clock: Clock) =>
  async ({ path: { name }, body }: RequestOf<typeof circuits, 'set-circuit-mode'>): Promise<HttpAnswer> => {
    const known = await findKnown(store, declared, name);
    if (!known) throw new CircuitNotFoundError(name, declared.map(circuitTitle).sort());
    if (isOfLaterVersion(known.stored)) throw new CircuitOfLaterVersionError(name);
    const key = { service: known.service, circuit: known.circuit };
    const now = clock.now();
    const item = await setMode(store, key, body.mode, { now, annotate: announceTransition });
    log('info', 'circuit mode set', { operation: `set-circuit-mode ${body.mode}`, circuit: name });
    return { status: 200, body: toCircuit(key, item, now) };
  };

function isOfLaterVersion(stored: StoredItem | undefined): boolean {
  return typeof stored?.v === 'number' && stored.v > ITEM_VERSION;
}

export const handler = httpHandler(
  circuits,
  'set-circuit-mode',
  setCircuitMode(openCircuits({ isConsistent: true }), declaredCircuits(), systemClock),
);
