import * as v from 'valibot';
import { EventInvalidError, UnknownVersionError } from '../errors/event-errors';
import { type EventContract, liveVersions, type Subscription } from '../service/event-contract';
import { castData, check, newestVersion } from './event-data';
import { EventMetadata } from './event-metadata';
import type { EmittedEntry } from './outbox';

/** One event in one version, as the bus gets it. */
export interface BusEvent {
  readonly source: string;
  readonly type: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** W3C trace context of the span that emitted it. */
  readonly traceparent?: string;
  /** JSON of its metadata and data. */
  readonly detail: string;
}

/** An event as a consumer gets it, its data in the version that the consumer knows. */
export interface ReceivedEvent<Data = unknown> {
  /** The same for every copy and every repeat of it: a consumer that knows the id has had the event. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly version: number;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** What it is about, such as an order's id. */
  readonly aggregateId: string;
  /** 1, 2, 3 … among the events of its aggregate, whatever the order in which they come. */
  readonly sequence: number;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent?: string;
  readonly data: Data;
}

/**
 * An event that waited in an outbox as the bus gets it: once in every live version of its contract, all under one id.
 *
 * @throws {UnknownVersionError} when it was written in a version that is not known here (by a later deployment, taken back since)
 * @throws {EventInvalidError} when its data break their schema, or are about something else than the item that they were in
 */
export function toEnvelopes(contract: EventContract, aggregateId: string, entry: EmittedEntry): BusEvent[] {
  const { source, type, aggregate } = contract;
  const { version: writtenIn, sequence, data, ...context } = entry;
  const newest = newestVersion(contract);
  const newestData = castData(contract, writtenIn, newest, data);
  if ((newestData as Record<string, unknown>)[aggregate] !== aggregateId) {
    throw new EventInvalidError(type, [`data.${aggregate} must be the key of its item`]);
  }
  const { occurredAt, correlationId, causationId, traceparent } = context;
  // What the schema lets pass and a date does not, no client could put on the bus.
  if (Number.isNaN(Date.parse(occurredAt))) throw new EventInvalidError(type, ['occurredAt must be an instant']);
  const trace = traceparent === undefined ? {} : { traceparent };
  const versions = liveVersions(contract);
  return versions.map((version) => {
    const id = `${source}/${aggregateId}/${sequence}`;
    const metadata = { id, version, versions, occurredAt, ...trace, correlationId, causationId, aggregateId, sequence };
    const detail = JSON.stringify({ metadata, data: castData(contract, newest, version, newestData) });
    return { source, type, occurredAt, ...trace, detail };
  });
}

/** What an event is on the bus. Members that are not known here are left out. */
const Envelope = v.object({ metadata: EventMetadata, data: v.unknown() });

/**
 * Reads the detail of an event for a consumer that knows one version of it. Of an event that was published in several versions each
 * copy that can be read is: its id says that it is the same event, and that the effect is there already. A copy may be left to another
 * one only where no consumer could read it, or one that knows more and one that knows less would leave an event to each other while
 * one replaces the other.
 *
 * @throws {EventInvalidError} when the envelope or the data break their schema, or do not fit each other
 * @throws {UnknownVersionError} when all versions of it are later than the one that is known
 */
export function parseEnvelope(subscription: Subscription, detail: unknown): ReceivedEvent | 'another copy' {
  const { event: contract, version: known } = subscription;
  const { source, type, aggregate } = contract;
  const { metadata, data } = check(type, Envelope, detail, 'detail');
  const { version, versions = [version], traceparent, ...rest } = metadata;
  if (!versions.includes(version)) {
    throw new EventInvalidError(type, ['metadata.version must be one of metadata.versions']);
  }
  if (version > known) {
    if (!versions.some((other) => other <= known)) throw new UnknownVersionError(type, versions, known);
    return 'another copy';
  }
  const { id, aggregateId, sequence } = rest;
  if (id !== `${source}/${aggregateId}/${sequence}`) {
    throw new EventInvalidError(type, ['metadata.id must be the source, the aggregateId and the sequence']);
  }
  const made = castData(contract, version, known, data);
  if ((made as Record<string, unknown>)[aggregate] !== aggregateId) {
    throw new EventInvalidError(type, [`data.${aggregate} must be metadata.aggregateId`]);
  }
  return { ...rest, source, type, version: known, ...(traceparent !== undefined && { traceparent }), data: made };
}
