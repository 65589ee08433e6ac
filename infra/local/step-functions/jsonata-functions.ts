import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { Clock } from '../clock';

/** What the functions need from outside. */
export interface FunctionSources {
  clock: Clock;
  /** In [0, 1), like `Math.random`. */
  random: () => number;
}

const HASH_ALGORITHMS: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const MAX_RANGE_LENGTH = 1000;
const MAX_HASHED_CHARACTERS = 10_000;
const formatMillis = jsonata('$fromMillis($ms, $picture, $timezone)');

/**
 * The functions Step Functions adds to JSONata, by their names without `$`, and those of JSONata's own that read the
 * clock or the dice, bound to ours.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export function stepFunctionsFunctions({ clock, random }: FunctionSources): Record<string, unknown> {
  return {
    partition,
    range,
    hash,
    random: (seed?: number) => (seed === undefined ? random() : seededRandom(seed)),
    uuid: () => uuidFrom(random),
    parse: (text: string) => JSON.parse(text) as unknown,
    millis: () => clock.now(),
    now: (picture?: string, timezone?: string) =>
      formatMillis.evaluate(undefined, { ms: clock.now(), picture, timezone }),
  };
}

/** A version 4 UUID drawn from `random`. */
export function uuidFrom(random: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function partition(array: unknown[], chunkSize: number): unknown[][] {
  if (!Array.isArray(array)) throw new Error('$partition: the first argument must be an array');
  const size = Math.floor(chunkSize);
  if (!(size >= 1)) throw new Error(`$partition: the chunk size must be at least 1, got ${chunkSize}`);
  return Array.from({ length: Math.ceil(array.length / size) }, (_, at) => array.slice(at * size, (at + 1) * size));
}

function range(first: number, last: number, step: number): number[] {
  if (!step) throw new Error(`$range: the increment must be a number other than 0, got ${step}`);
  const length = Math.max(Math.floor((last - first) / step) + 1, 0);
  if (!(length <= MAX_RANGE_LENGTH)) throw new Error(`$range: at most ${MAX_RANGE_LENGTH} values, got ${length}`);
  return Array.from({ length }, (_, at) => first + at * step);
}

function hash(data: unknown, algorithm: string): string {
  const name = HASH_ALGORITHMS[algorithm];
  if (name === undefined)
    throw new Error(`$hash: the algorithm must be one of ${Object.keys(HASH_ALGORITHMS).join(', ')}`);
  if (data === undefined) throw new Error('$hash: the data to hash is undefined');
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  if (text.length > MAX_HASHED_CHARACTERS) throw new Error(`$hash: at most ${MAX_HASHED_CHARACTERS} characters`);
  return createHash(name).update(text).digest('hex');
}

/** The first draw of mulberry32: the same seed gives the same number. */
function seededRandom(seed: number): number {
  let mixed = (Math.floor(seed) + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
