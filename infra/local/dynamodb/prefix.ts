/**
 * The first key after all keys that begin with `prefix`. The prefixes of the database end in `~` and go on in ASCII only,
 * because dynalite writes the keys of items in hexadecimal, so that the next character is bound enough.
 */
export function prefixEnd(prefix: string): string {
  return `${prefix}\u007f`;
}
