import type { InferOutput } from 'valibot';
import { type CircuitItem, readItem } from '../../lib/circuit-breaker/circuit-item';
import type { CircuitKey } from '../../lib/circuit-breaker/circuit-store';
import { summarize } from '../../lib/circuit-breaker/circuit-summary';
import { circuitTitle } from '../../lib/circuit-breaker/transition';
import { toTimestamp } from '../../lib/clock';
import { PARTY_CIRCUIT } from '../../lib/resilience/party-circuit';
import type { Circuit } from './contract';
import type { KnownCircuit } from './known-circuits';

type ShownCircuit = InferOutput<typeof Circuit>;

/** A circuit as operators see it at `now`, in epoch milliseconds. One without an item is closed, and has nothing to tell. */
export function toCircuit(key: CircuitKey, item: CircuitItem | undefined, now: number): ShownCircuit {
  const { openedAt, retryAt, ...rest } = summarize(item, now, PARTY_CIRCUIT.windowSeconds * 1000);
  return {
    name: circuitTitle(key),
    ...rest,
    ...(openedAt !== undefined && { openedAt: toTimestamp(openedAt) }),
    ...(retryAt !== undefined && { retryAt: toTimestamp(retryAt) }),
  };
}

/**
 * The same of what is stored. Where that cannot be read, the circuit is shown as what it is to those who call: closed for the fleet,
 * which is left to the local circuits of its instances.
 */
export function toKnownCircuit({ stored, ...key }: KnownCircuit, now: number): ShownCircuit {
  const item = stored && readItem(stored);
  return { ...toCircuit(key, item, now), ...(stored && !item && { unreadable: true as const }) };
}
