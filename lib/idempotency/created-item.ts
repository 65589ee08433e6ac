import { digest } from '../id';

/**
 * The id of the thing that a request creates: the same request has the same id, so a conditional put of the thing is its own
 * idempotency record. Scoped to the caller and the route. `prefix` and 32 hexadecimal digits.
 */
export function createdItemId(prefix: string, caller: string, route: string, idempotencyKey: string): string {
  return `${prefix}${digest(caller, route, idempotencyKey).slice(0, 32)}`;
}

/**
 * The fingerprint of a request's body: equal for bodies that mean the same, whatever the order of their members. SHA-256 of
 * the JSON with sorted member names.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07 section 2.4
 */
export function fingerprint(body: unknown): string {
  return digest(canonicalJson(body));
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
