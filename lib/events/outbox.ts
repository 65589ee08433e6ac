import * as v from 'valibot';
import { toTimestamp } from '../clock';
import { EventTooLargeError, OutboxUnreadableError } from '../errors/event-errors';
import { currentTraceparent } from '../observability/tracing';
import type { EventContract, NewestDataOf } from '../service/event-contract';
import { check, checkData, newestVersion } from './event-data';
import { EventText } from './event-metadata';

/** The largest data of one event, as JSON. An event tells what happened and names the rest: 1 KB is much. */
export const MAX_DATA_BYTES = 8 * 1024;

/** The most events of one write: with {@link MAX_DATA_BYTES} each they fill a fifth of the largest item. */
const MAX_EVENTS = 10;

/** An event as it waits in the item that it is about, in the newest version at the time of the write. */
export interface OutboxEntry {
  readonly type: string;
  readonly version: number;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** The business process that it is a part of, such as an order's id. */
  readonly correlationId: string;
  /** What brought it about: a command's key, or `request/<traceId>`. */
  readonly causationId: string;
  /** W3C trace context of the span that emitted it. */
  readonly traceparent?: string;
  readonly data: unknown;
}

/** What an emitter knows beside the data. */
export interface Emission {
  readonly correlationId: string;
  readonly causationId: string;
  /** Epoch milliseconds; becomes `occurredAt`. */
  readonly now: number;
}

/** Attributes of an item that has emitted events. */
export interface Outbox {
  /** The events of the last write that emitted any. */
  readonly _out: readonly OutboxEntry[];
  /** The number of the last of them: this item's events are 1, 2, 3 … */
  readonly _outSeq: number;
}

/**
 * Makes an event ready to be written into the item that it is about, in the newest version of its contract and in the trace of the
 * current span. The relay puts it on the bus once the write is made.
 *
 * @throws {EventInvalidError} when the data break the schema; it names the path
 * @throws {EventTooLargeError} when they have more than 8 KB as JSON
 */
export function emit<Contract extends EventContract>(
  contract: Contract,
  data: NewestDataOf<Contract>,
  { correlationId, causationId, now }: Emission,
): OutboxEntry {
  const version = newestVersion(contract);
  const checked = checkData(contract, version, data);
  const bytes = Buffer.byteLength(JSON.stringify(checked));
  if (bytes > MAX_DATA_BYTES) throw new EventTooLargeError(contract.type, bytes, MAX_DATA_BYTES);
  const traceparent = currentTraceparent();
  const entry = {
    type: contract.type,
    version,
    occurredAt: toTimestamp(now),
    correlationId,
    causationId,
    ...(traceparent !== undefined && { traceparent }),
    data: checked,
  };
  return check(contract.type, Entry, entry, 'entry') as OutboxEntry;
}

/** The attributes of a new item that emits from its first write on. */
export function outboxOf(entries: readonly OutboxEntry[]): Outbox {
  return { _out: withinLimit(entries), _outSeq: entries.length };
}

/** The parts of an update by which an item emits. */
export interface OutboxUpdate {
  /** Assignments for `SET`, without the word. */
  readonly set: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The parts of an update by which an item emits, nothing when `entries` is empty. The events of an earlier write are replaced: the
 * stream's record of that write has them, and so nothing piles up and no write is spent on taking them out.
 */
export function outboxUpdate(entries: readonly OutboxEntry[]): OutboxUpdate {
  if (entries.length === 0) return { set: [], names: {}, values: {} };
  return {
    set: ['#_out = :_out', '#_outSeq = if_not_exists(#_outSeq, :_noEvents) + :_eventCount'],
    names: { '#_out': '_out', '#_outSeq': '_outSeq' },
    values: { ':_out': withinLimit(entries), ':_noEvents': 0, ':_eventCount': entries.length },
  };
}

function withinLimit(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  if (entries.length > MAX_EVENTS) throw new Error(`a write emits at most ${MAX_EVENTS} events, got ${entries.length}`);
  return entries;
}

/** An event with its number among those of its item. */
export interface EmittedEntry extends OutboxEntry {
  readonly sequence: number;
}

/**
 * The events that one write emitted, by the images of its item before and after; `undefined` where there was or is no item.
 *
 * A number that went down is that of an item of an earlier time that was put back over a later one. What its outbox holds is then
 * taken as new: told twice it is known by its id, but not told at all it would be lost. What such an item emits from then on has
 * numbers that were used before, and whoever remembers ids passes over it: an item is not to be put back without its number.
 *
 * @throws {OutboxUnreadableError} when the outbox is not what {@link outboxOf} and {@link outboxUpdate} write
 */
export function listEmitted(before: unknown, after: unknown): EmittedEntry[] {
  const last = readSequence(after);
  if (last === 0) return [];
  const earlier = readSequence(before);
  if (earlier === last) return [];
  const entries = (after as { _out?: unknown })._out;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > last) {
    throw new OutboxUnreadableError(`_out must be a list of 1 to ${last} events`);
  }
  const first = last - entries.length + 1;
  return entries
    .map((entry, index) => ({ ...readEntry(entry), sequence: first + index }))
    .filter(({ sequence }) => earlier > last || sequence > earlier);
}

const Sequence = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The number of the last event; 0 where there is no item, or one that has never emitted. */
function readSequence(image: unknown): number {
  const number = (image as { _outSeq?: unknown } | undefined)?._outSeq;
  if (number === undefined) return 0;
  if (!v.is(Sequence, number)) throw new OutboxUnreadableError('_outSeq must be a whole number');
  return number;
}

/** What an entry of an outbox is. Members that are not known here are left out. */
export const Entry = v.object({
  type: EventText,
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  occurredAt: v.pipe(v.string(), v.isoTimestamp()),
  correlationId: EventText,
  causationId: EventText,
  traceparent: v.optional(EventText),
  data: v.unknown(),
});

/** An entry of an outbox. @throws {OutboxUnreadableError} when it is none. */
function readEntry(entry: unknown): OutboxEntry {
  try {
    return check('an entry', Entry, entry, 'entry') as OutboxEntry;
  } catch (error) {
    throw new OutboxUnreadableError((error as Error).message);
  }
}
