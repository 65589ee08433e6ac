import { circuitTitle } from '../circuit-breaker/transition';
import type { ServiceContract } from './contract';

/** The circuit between a service and one of its parties. */
export interface DeclaredCircuit {
  readonly service: string;
  /** The party's role. */
  readonly circuit: string;
  /** By which people know it, such as `payments-provider`. */
  readonly name: string;
}

/** The circuits of services: one for each party that a contract names. */
export function listDeclaredCircuits(services: readonly ServiceContract[]): DeclaredCircuit[] {
  return services.flatMap(({ name: service, parties = {} }) =>
    Object.keys(parties).map((circuit) => ({ service, circuit, name: circuitTitle({ service, circuit }) })),
  );
}
