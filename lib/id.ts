import { createHash } from 'node:crypto';

/** The SHA-256 of the parts as lower-case hex. Each part is length-prefixed, so that no two lists of parts collide. */
export function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex');
}
