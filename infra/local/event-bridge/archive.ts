import type { Clock } from '../clock';
import { type EventPattern, parseEventPattern } from '../event-pattern';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import type { Arrival, BusEvent } from './event';
import { toBusName } from './names';

/** An archive as it stands in a template. */
export interface ArchiveDefinition {
  readonly ArchiveName: string;
  /** The bus whose events it keeps. */
  readonly SourceArn: string;
  readonly Description?: string;
  /** JSON; all events unless told. */
  readonly EventPattern?: string;
  /** 0, the default, keeps events for ever. */
  readonly RetentionDays?: number | string;
}

export interface Archive {
  readonly definition: ArchiveDefinition;
  readonly busName: string;
  readonly createdAtMs: number;
  readonly retentionDays: number;
  readonly matches: EventPattern;
}

/** An event with its place in the archive: keys sort by the events' times. */
export interface ArchivedEvent {
  readonly key: string;
  readonly event: BusEvent;
}

const DAY_MS = 86_400_000;

/**
 * @throws {AwsError} `InvalidEventPatternException`
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
export function toArchive(definition: ArchiveDefinition, createdAtMs: number): Archive {
  const { SourceArn, EventPattern, RetentionDays = 0 } = definition;
  const matches = EventPattern === undefined ? () => true : parseEventPattern(EventPattern);
  return { definition, busName: toBusName(SourceArn), createdAtMs, retentionDays: Number(RetentionDays), matches };
}

/** What has to be written so that the archives have the event; nothing for one that a replay sends. */
export function toArchiveChanges(archives: readonly Archive[], { busName, event }: Arrival, nowMs: number): Change[] {
  // The rule that AWS makes for an archive asks for events without a replay's name.
  if (event['replay-name'] !== undefined) return [];
  const value = { event, archivedAtMs: nowMs };
  return archives
    .filter((archive) => archive.busName === busName && archive.matches(event))
    .map((archive) => ({ key: `${prefixOf(archive)}${event.time}/${event.id}`, value }));
}

/** The events of an archive, the oldest first. Deletes those that are expired. */
export async function listArchived(store: KeyValueStore, clock: Clock, archive: Archive): Promise<ArchivedEvent[]> {
  const { retentionDays } = archive;
  const keptSinceMs = retentionDays === 0 ? 0 : clock.now() - retentionDays * DAY_MS;
  const entries = await store.list<{ event: BusEvent; archivedAtMs: number }>(prefixOf(archive));
  const kept = entries.filter(({ value }) => value.archivedAtMs > keptSinceMs);
  const expired = entries.filter((entry) => !kept.includes(entry)).map(({ key }) => ({ key }));
  if (expired.length > 0) await store.write(expired);
  return kept.map(({ key, value }) => ({ key, event: value.event }));
}

/** Names hold no `/`, so that no archive's prefix is the beginning of another's. */
function prefixOf({ definition }: Archive): string {
  return `archive/${definition.ArchiveName}/`;
}
