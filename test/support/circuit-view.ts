import type { ApiClient } from './api-client';

/** A circuit as operators see it. */
export interface ShownCircuit {
  readonly name: string;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly failures: number;
  readonly openedAt?: string;
  readonly retryAt?: string;
}

/** One circuit, as operators see it now. */
export async function getCircuit(api: ApiClient, name: string): Promise<ShownCircuit> {
  const { status, json, text } = await api.call('GET', '/ops/circuits');
  const found = (json?.items as ShownCircuit[] | undefined)?.find((circuit) => circuit.name === name);
  if (!found) throw new Error(`circuit ${name}: ${status} ${text}`);
  return found;
}

/** How long it lets no probe through yet; 0 when it does, or needs none. */
export function waitMs({ retryAt }: ShownCircuit): number {
  return retryAt === undefined ? 0 : Math.max(0, Date.parse(retryAt) - Date.now());
}
