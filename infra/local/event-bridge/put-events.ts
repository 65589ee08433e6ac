import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { isObject } from '../event-pattern-operators';
import { parseTraceHeader } from '../tracing';
import { type Arrival, parseJson, toEventTime } from './event';
import { type Place, toBusName } from './names';

/** Why an entry is refused, as it stands in the answer. */
export interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

type Entry = Readonly<Record<string, unknown>>;

const MAX_ENTRIES = 10;

/** @see https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb/ */
const MAX_TOTAL_BYTES = 1_048_576;

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const MAX_TRACE_HEADER_LENGTH = 500;

const ENTRY_MEMBERS = ['Time', 'Source', 'Resources', 'DetailType', 'Detail', 'EventBusName', 'TraceHeader'];

/**
 * Reads the entries of PutEvents one by one: what is wrong with one does not concern the others. `nowMs` is the time of
 * entries that have none, `traceHeader` the request's `X-Amzn-Trace-Id`, for entries without a `TraceHeader` of their own.
 *
 * @throws {AwsError} `ValidationException` when the request as a whole is refused: too many entries, too large
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function readEntries(
  body: Entry,
  place: Place,
  { nowMs, traceHeader }: { nowMs: number; traceHeader?: string | undefined },
): Array<Arrival | EntryFailure> {
  const entries = (body.Entries ?? []) as readonly Entry[];
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    const rule = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`;
    throw isInvalid(
      `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  if (entries.reduce((bytes, entry) => bytes + sizeOfEntry(entry), 0) > MAX_TOTAL_BYTES) {
    throw isInvalid('Total size of the entries in the request is over the limit.');
  }
  return entries.map((entry) => {
    const read = readEntry(entry, place, nowMs);
    const header = String(entry.TraceHeader ?? traceHeader ?? '');
    // One that X-Ray cannot read is dropped, and the event is delivered all the same.
    if ('ErrorCode' in read || parseTraceHeader(header) === undefined) return read;
    return { ...read, traceHeader: header };
  });
}

/**
 * What AWS counts as the size of an entry, in bytes.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
export function sizeOfEntry({ Time, Source, DetailType, Detail, Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...(Resources as unknown[])];
  const bytes = texts.map((text) => (typeof text === 'string' ? Buffer.byteLength(text) : 0));
  return bytes.reduce((sum, length) => sum + length, Time === undefined ? 0 : 14);
}

function readEntry(entry: Entry, { region, accountId }: Place, nowMs: number): Arrival | EntryFailure {
  const { Source, DetailType, Detail, Resources = [], Time = nowMs / 1000 } = entry;
  const unknown = Object.keys(entry).find((member) => !ENTRY_MEMBERS.includes(member));
  if (unknown !== undefined) throw isInvalid(`${unknown} of an entry is not supported by the local EventBridge`);
  const missing = ['Source', 'DetailType', 'Detail'].find((member) => !entry[member]);
  if (missing !== undefined) return isInvalidArgument(missing, `${missing} is a required argument.`);
  if (String(Source).startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (String(entry.TraceHeader ?? '').length > MAX_TRACE_HEADER_LENGTH) {
    return isInvalidArgument('TraceHeader', `TraceHeader must have at most ${MAX_TRACE_HEADER_LENGTH} characters.`);
  }
  if (typeof Time !== 'number') return isInvalidArgument('Time', `Time must be epoch seconds, got ${Time}.`);
  const detail = parseJson(String(Detail));
  if (!isObject(detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    busName: toBusName(entry.EventBusName),
    event: {
      version: '0',
      id: randomUUID(),
      'detail-type': String(DetailType),
      source: String(Source),
      account: accountId,
      time: toEventTime(Time * 1000),
      region,
      resources: Resources as string[],
      detail,
    },
  };
}

function isInvalidArgument(name: string, reason: string): EntryFailure {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}` };
}

function isInvalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
