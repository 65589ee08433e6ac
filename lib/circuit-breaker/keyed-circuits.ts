import type { Circuit } from './circuit';
import type { Circuits } from './circuits';
import type { CircuitOptions } from './options';

/** The most keys of one process. A key is a shard, a tenant, an endpoint: one that is made of an order's id would be new each time. */
const MAX_KEYS = 100;

/**
 * A circuit for each shard, tenant or endpoint of a party, so that one that is down takes no others with it. A key beyond the first
 * hundred of a process shares the party's own circuit.
 *
 * @param keyOf what the circuit of a call is named after: 1 to 64 letters, digits, and `_ . -`; others are replaced by `_`
 * @see https://brooker.co.za/blog/2022/02/16/circuit-breakers.html for what one circuit over all shards does
 */
export function keyedCircuits<Call>(
  circuits: Circuits,
  party: string,
  keyOf: (call: Call) => string,
  options: CircuitOptions = {},
): (call: Call) => Circuit {
  const known = new Map<string, Circuit>();
  return (call) => {
    const key = keyOf(call)
      .replaceAll(/[^\w.-]/g, '_')
      .slice(0, 64);
    const found = known.get(key);
    if (found) return found;
    if (key === '' || known.size >= MAX_KEYS) return circuits.circuit(party, options);
    const made = circuits.circuit(`${party}:${key}`, options);
    known.set(key, made);
    return made;
  };
}
