import { AwsError } from '../aws-error';
import type { EventEntry } from './event';
import { toBusName } from './names';

/** Why an entry is refused, as it stands in the answer. */
export interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const MAX_ENTRIES = 10;

/** @see https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb/ */
const MAX_TOTAL_BYTES = 1_048_576;

const ENTRY_MEMBERS = ['Time', 'Source', 'Resources', 'DetailType', 'Detail', 'EventBusName', 'TraceHeader'];

/**
 * Reads the entries of PutEvents one by one: what is wrong with one does not concern the others. `nowMs` is the time of
 * entries that have none.
 *
 * @throws {AwsError} `ValidationException` when the request as a whole is refused: too many entries, too large
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function readEntries(body: Readonly<Record<string, unknown>>, nowMs: number): Array<EventEntry | EntryFailure> {
  const entries = body.Entries;
  if (!Array.isArray(entries)) {
    throw isInvalid(
      "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null",
    );
  }
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    const rule = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`;
    throw isInvalid(
      `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  const list = entries as Array<Record<string, unknown>>;
  if (list.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MAX_TOTAL_BYTES) {
    throw isInvalid('Total size of the entries in the request is over the limit.');
  }
  return list.map((entry) => readEntry(entry, nowMs));
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: Record<string, unknown>): number {
  const texts = [Source, DetailType, Detail, ...(Array.isArray(Resources) ? Resources : [])];
  const bytes = texts.map((text) => (typeof text === 'string' ? Buffer.byteLength(text) : 0));
  return bytes.reduce((sum, length) => sum + length, Time === undefined ? 0 : 14);
}

function readEntry(entry: Record<string, unknown>, nowMs: number): EventEntry | EntryFailure {
  const unknown = Object.keys(entry).find((member) => !ENTRY_MEMBERS.includes(member));
  if (unknown !== undefined) throw isInvalid(`${unknown} of an entry is not supported by the local EventBridge`);
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[name] !== 'string' || entry[name] === '') {
      return isInvalidArgument(name, `${name} is a required argument.`);
    }
  }
  const { Source, DetailType, Detail, Resources = [], Time } = entry as Record<string, string>;
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!Array.isArray(Resources) || !Resources.every((resource) => typeof resource === 'string')) {
    return isInvalidArgument('Resources', 'Resources must be a list of strings.');
  }
  const atMs = toMilliseconds(Time, nowMs);
  if (Number.isNaN(atMs)) return isInvalidArgument('Time', `Time must be a timestamp, got ${JSON.stringify(Time)}.`);
  const detail = findObject(Detail ?? '');
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    busName: toBusName(entry.EventBusName),
    source: Source ?? '',
    detailType: DetailType ?? '',
    resources: Resources,
    detail,
    atMs,
  };
}

/** The protocol sends epoch seconds; a text is taken, too. */
export function toMilliseconds(time: unknown, fallbackMs: number): number {
  if (time === undefined) return fallbackMs;
  return typeof time === 'number' ? time * 1000 : Date.parse(String(time));
}

function findObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isInvalidArgument(name: string, reason: string): EntryFailure {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}` };
}

function isInvalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
