import { toTimestamp } from '../../../lib/clock';
import type { FieldError } from '../../../lib/errors/app-error';
import { ARCHIVE_RETENTION_DAYS } from '../../../lib/service/names';

/** A replay as it is asked for. */
export interface ReplayBody {
  /** Instants in ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly detailTypes?: readonly string[] | undefined;
}

const DAY_MS = 86_400_000;

/** What is wrong where, beyond what the contract's schema sees; nothing when it is all right. `now` is epoch milliseconds. */
export function checkReplay(
  { from, to, detailTypes = [] }: ReplayBody,
  now: number,
  knownTypes: readonly string[],
): FieldError[] {
  const errors = [...checkRange({ from, to }, now)];
  for (const [index, type] of detailTypes.entries()) {
    if (knownTypes.includes(type)) continue;
    errors.push(mustBe(`detailTypes[${index}]`, `one of ${knownTypes.join(', ')}`, JSON.stringify(type)));
  }
  return errors;
}

function checkRange({ from, to }: Pick<ReplayBody, 'from' | 'to'>, now: number): FieldError[] {
  const wrong = Object.entries({ from, to }).filter(([, text]) => !isInstant(text));
  if (wrong.length > 0) return wrong.map(([path, text]) => mustBe(path, 'an instant that there is', text));
  const oldest = now - ARCHIVE_RETENTION_DAYS * DAY_MS;
  const kept = `at most ${ARCHIVE_RETENTION_DAYS} days ago, which is how long events are kept: ${toTimestamp(oldest)} or later`;
  return [
    ...(Date.parse(from) >= Date.parse(to) ? [mustBe('from', `before "to", ${to}`, from)] : []),
    ...(Date.parse(from) < oldest ? [mustBe('from', kept, from)] : []),
    ...(Date.parse(to) > now ? [mustBe('to', `at most now, ${toTimestamp(now)}`, to)] : []),
  ];
}

function mustBe(path: string, what: string, got: string): FieldError {
  return { path, message: `must be ${what}, got ${got}` };
}

/** JavaScript takes the 31st of April for the 1st of May. */
function isInstant(text: string): boolean {
  const day = text.slice(0, 10);
  const isDay = !Number.isNaN(Date.parse(day)) && toTimestamp(Date.parse(day)).startsWith(day);
  return isDay && !Number.isNaN(Date.parse(text));
}
