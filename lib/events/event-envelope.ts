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
 * Reads the detail of an event for a consumer that knows one version of it. Of the copies of an event that was published in several
 * versions it takes one and answers `another copy` to the others, whichever of them comes first.
 *
 * @throws {EventInvalidError} when the envelope or the data break their schema
 * @throws {UnknownVersionError} when all versions of it are later than the one that is known
 */
export function parseEnvelope(subscription: Subscription, detail: unknown): ReceivedEvent | 'another copy' {
  const { event: contract, version: known } = subscription;
  const { source, type } = contract;
  const { metadata, data } = check(type, Envelope, detail, 'detail');
  const { version, versions = [version], traceparent, ...rest } = metadata;
  const choice = chooseCopy(type, versions, known);
  if (!versions.includes(version)) {
    throw new EventInvalidError(type, ['metadata.version must be one of metadata.versions']);
  }
  if (choice !== version) return 'another copy';
  return {
    ...rest,
    source,
    type,
    version: known,
    ...(traceparent !== undefined && { traceparent }),
    data: castData(contract, version, known, data),
  };
}

/**
 * Which of the versions in which an event was published a consumer takes: the latest of those that it can read. All copies say the
 * same versions, so every copy leads to the same choice.
 *
 * @throws {UnknownVersionError} when it can read none
 */
export function chooseCopy(event: string, versions: readonly number[], known: number): number {
  const readable = versions.filter((version) => version <= known);
  if (readable.length === 0) throw new UnknownVersionError(event, versions, known);
  return Math.max(...readable);
}
