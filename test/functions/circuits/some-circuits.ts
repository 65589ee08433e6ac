import { SLOTS, slotNames } from '../../../lib/circuit-breaker/circuit-item';
import type { AttributeValue, CircuitStore } from '../../../lib/circuit-breaker/circuit-store';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { PARTY_CIRCUIT } from '../../../lib/resilience/party-circuit';

export const NOW = Date.parse('2026-01-01T00:00:00.000Z');

/** The circuits that contracts declare in these tests, not in the order of their names. */
export const DECLARED = [
  { service: 'shipping', circuit: 'carrier' },
  { service: 'payments', circuit: 'provider' },
] as const;

export const CLOSED = {
  v: 1,
  state: 'CLOSED',
  epoch: NOW - 60_000,
  until: 0,
  breaks: 0,
  leaseUntil: 0,
  fence: 0,
  probeSuccesses: 0,
} as const;

export const OPEN = { ...CLOSED, state: 'OPEN', openedAt: NOW - 1_000, until: NOW + 1_000 } as const;

/** The counts of one piece of the window that is under way. */
export function counting(failures: number) {
  const slot = Math.floor(NOW / ((PARTY_CIRCUIT.windowSeconds * 1000) / SLOTS));
  const names = slotNames(slot % SLOTS);
  return { ...CLOSED, [names.id]: slot, [names.calls]: failures, [names.failures]: failures };
}

/** A store in memory that holds what is given, by `<service>/<circuit>`. */
export async function storeOf(items: Readonly<Record<string, object>>): Promise<CircuitStore> {
  const store = memoryCircuitStore();
  for (const [name, item] of Object.entries(items)) {
    const [service = '', circuit = ''] = name.split('/');
    await store.write({ service, circuit }, { set: item as Record<string, AttributeValue>, when: [] });
  }
  return store;
}
