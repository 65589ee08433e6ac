import type { CircuitStore } from '../../lib/circuit-breaker/circuit-store';
import { dynamodbCircuitStore } from '../../lib/circuit-breaker/dynamodb-circuit-store';
import { requireEnv } from '../../lib/env';
import { ENV } from '../../lib/service/names';

/** The circuits of all services, for the service that owns their table. Made once, at INIT. */
export function openCircuits(options: { readonly isConsistent?: boolean } = {}): CircuitStore {
  return dynamodbCircuitStore({ tableName: requireEnv(ENV.tableName), requestTimeoutMs: 2_000, ...options });
}
