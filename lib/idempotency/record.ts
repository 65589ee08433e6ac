import type { TableContract } from '../service/contract';
import type { Identity } from './identity';

/**
 * A table that can keep records of requests beside its items. Records carry none of the attributes of its indexes, so they
 * appear in none; they do appear in its stream.
 */
export type RecordsTable = TableContract & { readonly timeToLive: 'expiresAtSeconds' };

/** For so long a request is remembered: a day, longer than clients and queues repeat one. */
export const KEPT_SECONDS = 24 * 3600;

/** The longest answer that is kept. With it a record stays below the 400 KB of an item. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** The key of the record of a request. */
export function recordKey({ partitionKey, sortKey }: TableContract, { id }: Identity): Record<string, string> {
  const key = `request#${id}`;
  return { [partitionKey]: key, ...(sortKey !== undefined && { [sortKey]: key }) };
}

/**
 * An answer as it is kept: as text, so that a replay has its members in the same order, byte for byte. No attribute at all for
 * a result that is `undefined`.
 *
 * @throws {Error} when it is longer than 256 KB
 */
export function keepAnswer(result: unknown): { readonly answer?: string } {
  const answer = JSON.stringify(result) as string | undefined;
  if (answer === undefined) return {};
  const bytes = Buffer.byteLength(answer);
  if (bytes > MAX_ANSWER_BYTES) throw new Error(`an answer must have at most ${MAX_ANSWER_BYTES} bytes, got ${bytes}`);
  return { answer };
}

/** The result that {@link keepAnswer} kept. */
export function readAnswer<Result>({ answer }: { readonly answer?: string }): Result {
  return (answer === undefined ? undefined : JSON.parse(answer)) as Result;
}
