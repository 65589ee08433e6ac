import type { CircuitKey, CircuitStore, StoredItem } from '../../lib/circuit-breaker/circuit-store';
import { circuitTitle } from '../../lib/circuit-breaker/transition';
import { requireEnv } from '../../lib/env';
import { ENV } from '../../lib/service/names';

/** A circuit with what is stored of it, which may be nothing yet. */
export interface KnownCircuit extends CircuitKey {
  readonly stored: StoredItem | undefined;
}

/** The circuits that contracts declare. The infrastructure writes them into the environment. */
export function declaredCircuits(): CircuitKey[] {
  return requireEnv(ENV.circuits)
    .split(',')
    .map((text) => {
      const [service = '', circuit = ''] = text.split('/');
      return { service, circuit };
    });
}

/**
 * Every circuit, by name: those that are declared, also while nothing is stored of them, and those that are stored beside them, such
 * as the ones of single keys. A look for each service that calls a party.
 */
export async function listKnown(store: CircuitStore, declared: readonly CircuitKey[]): Promise<KnownCircuit[]> {
  const services = [...new Set(declared.map(({ service }) => service))];
  const found = await Promise.all(
    services.map(async (service) => {
      const stored = await store.load(service);
      const names = declared.filter((key) => key.service === service).map(({ circuit }) => circuit);
      return [...new Set([...names, ...stored.keys()])].map((circuit) => ({
        service,
        circuit,
        stored: stored.get(circuit),
      }));
    }),
  );
  return found.flat().sort((one, other) => (circuitTitle(one) < circuitTitle(other) ? -1 : 1));
}

/** The circuit of a name; `undefined` when it is neither declared nor stored. */
export async function findKnown(
  store: CircuitStore,
  declared: readonly CircuitKey[],
  name: string,
): Promise<KnownCircuit | undefined> {
  const services = new Set(declared.map(({ service }) => service).filter((service) => name.startsWith(`${service}-`)));
  const near = declared.filter(({ service }) => services.has(service));
  return (await listKnown(store, near)).find((known) => circuitTitle(known) === name);
}
