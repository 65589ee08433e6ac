import { InvalidRequestError } from '../errors/request-errors';

/** The key to go on from, as an opaque string that is safe in a URL. */
export function encodeCursor(key: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key that {@link encodeCursor} was given, with exactly the fields `fields`, all strings.
 *
 * @throws {InvalidRequestError} when the cursor is not one of ours.
 */
export function decodeCursor<Field extends string>(cursor: string, fields: readonly Field[]): Record<Field, string> {
  const refuse = () =>
    new InvalidRequestError('the cursor is not valid', [
      { path: 'cursor', message: `must be a nextCursor of this list, got ${JSON.stringify(cursor.slice(0, 80))}` },
    ]);
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
  if (typeof key !== 'object' || key === null || Object.keys(key).length !== fields.length) throw refuse();
  const entries = key as Record<string, unknown>;
  if (!fields.every((field) => typeof entries[field] === 'string' && entries[field] !== '')) throw refuse();
  return entries as Record<Field, string>;
}
