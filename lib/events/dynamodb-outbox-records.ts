import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { reasonOf, UnknownEventError, UnknownVersionError } from '../errors/event-errors';
import type { ServiceContract } from '../service/contract';
import { toEnvelopes } from './event-envelope';
import { type EmittedEntry, Entry, listEmitted } from './outbox';
import type { RelayWork } from './relay-plan';

/** Who emits: a service with a table of one item per aggregate. */
export interface Emitter {
  readonly contract: ServiceContract;
  /** The attributes that tell the items apart. */
  readonly keys: readonly string[];
}

/**
 * The service as one that emits. The key of an item names the aggregate; where there are two keys, both do, with a hyphen between them:
 * no two pairs may make the same name, because events are numbered by item.
 *
 * @throws {Error} at INIT, when it has no table.
 */
export function toEmitter(contract: ServiceContract): Emitter {
  if (!contract.table) throw new Error(`${contract.name} has no table whose items could emit`);
  const { partitionKey, sortKey } = contract.table;
  return { contract, keys: sortKey === undefined ? [partitionKey] : [partitionKey, sortKey] };
}

/** The part of a stream's record that tells which events were emitted. */
type OutboxRecord = Pick<DynamoDBRecord, 'dynamodb'>;

/**
 * So long after the write the relay waits for the code that knows what was written. While a deployment is under way, or is rolled back,
 * others of the service may be of another age than the relay.
 */
const EARLY_MS = 15 * 60_000;

/** The work that a record of the table's stream makes for the relay: none, unless its write emitted. Nothing is thrown. */
export function readRecord(emitter: Emitter, record: OutboxRecord, index: number, nowMs = Infinity): RelayWork[] {
  const { Keys = {}, NewImage, OldImage } = record.dynamodb ?? {};
  const aggregateId = emitter.keys.map((name) => Keys[name]?.S ?? '').join('-');
  try {
    const entries = listEmitted(readOutbox(OldImage), readOutbox(NewImage));
    return entries.map((entry) => {
      const work = readEmitted(emitter, aggregateId, entry, index);
      return work.isOfLaterDeployment && isYoung(record, nowMs) ? { ...work, isEarly: true } : work;
    });
  } catch (error) {
    const source = emitter.contract.name;
    const outbox = { dynamodb: { Keys, NewImage: outboxOf(NewImage), OldImage: outboxOf(OldImage) } };
    const letter = { source, aggregateId, record: outbox };
    return [toPoison({ record: index, aggregateId, eventId: `${source}/${aggregateId}`, letter }, error)];
  }
}

/** The work that one entry makes. Nothing is thrown. */
export function readEmitted(
  { contract }: Emitter,
  aggregateId: string,
  entry: EmittedEntry,
  record: number,
): RelayWork & { readonly isOfLaterDeployment?: true } {
  const { name: source, events = [] } = contract;
  const eventId = `${source}/${aggregateId}/${entry.sequence}`;
  const work = { record, aggregateId, eventId, letter: { source, aggregateId, entry } };
  try {
    const event = events.find(({ type }) => type === entry.type);
    if (!event) throw new UnknownEventError(source, entry.type);
    return { ...work, copies: toEnvelopes(event, aggregateId, entry) };
  } catch (error) {
    const isOfLaterDeployment = error instanceof UnknownEventError || error instanceof UnknownVersionError;
    return { ...toPoison(work, error), ...(isOfLaterDeployment && { isOfLaterDeployment }) };
  }
}

function isYoung({ dynamodb }: OutboxRecord, nowMs: number): boolean {
  return nowMs - (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000 < EARLY_MS;
}

function toPoison(work: Omit<RelayWork, 'copies' | 'reason'>, error: unknown): RelayWork {
  return { ...work, copies: [], reason: reasonOf(error) };
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** The rest of the item is none of the relay's business. */
function outboxOf(image: Image): NonNullable<Image> {
  const attributes = Object.entries(image ?? {}).filter(([name]) => name === '_out' || name === '_outSeq');
  return Object.fromEntries(attributes);
}

function readOutbox(image: Image): unknown {
  return unmarshall(outboxOf(image) as Record<string, AttributeValue>);
}

/** A letter that the relay has written: an event, or what was to be read of a record. */
const Letter = v.object({
  outbox: v.object({
    aggregateId: v.string(),
    entry: v.optional(v.object({ ...Entry.entries, sequence: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
    record: v.optional(v.looseObject({})),
  }),
});

/**
 * The work that a letter of the relay makes when it is delivered again; `undefined` for what is no such letter. What could not be
 * published then is tried anew, for the contract may have been mended since.
 */
export function readLetter(emitter: Emitter, letter: unknown): RelayWork[] | undefined {
  const { success, output } = v.safeParse(Letter, letter);
  if (!success) return undefined;
  const { aggregateId, entry, record } = output.outbox;
  if (entry) return [readEmitted(emitter, aggregateId, entry as EmittedEntry, 0)];
  return record && readRecord(emitter, record as OutboxRecord, 0);
}
