import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { type EventPattern, parseEventPattern } from '../event-pattern';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import type { BusEvent } from './event';
import { toBusName } from './names';

/** An archive of the template. */
export interface ArchiveDefinition {
  readonly name: string;
  /** The bus whose events it keeps: name or ARN. */
  readonly eventBusName: string;
  readonly description?: string;
  /** JSON; all events unless told. */
  readonly eventPattern?: string;
  /** 0, the default, keeps events for ever. */
  readonly retentionDays?: number;
}

export interface Archive extends ArchiveDefinition {
  readonly busName: string;
  readonly createdAtMs: number;
}

/** An event with its place in the archive: keys sort by the events' times. */
export interface ArchivedEvent {
  readonly key: string;
  readonly event: BusEvent;
}

/** The archives of all buses. */
export interface Archives {
  /**
   * @throws {AwsError} `InvalidEventPatternException`
   * @throws {Error} when the name is taken, or the retention is no whole number of days
   */
  create(definition: ArchiveDefinition): void;
  list(): Archive[];
  find(name: string): Archive | undefined;
  /** What has to be written so that the archives of a bus have the event; nothing for one that a replay sends. */
  toChanges(busName: string, event: BusEvent): Change[];
  /** The events that are not expired, the oldest first. */
  events(name: string): Promise<ArchivedEvent[]>;
  /** Deletes what is expired, now and every hour. */
  resume(): Promise<void>;
  close(): void;
}

interface Entry {
  readonly event: BusEvent;
  readonly archivedAtMs: number;
}

const DAY_MS = 86_400_000;
const EXPIRE_EVERY_MS = 3_600_000;

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html */
export function openArchives(store: KeyValueStore, clock: Clock): Archives {
  const archives = new Map<string, Archive & { matches: EventPattern }>();
  let cancelExpiry = () => {};
  let isClosed = false;

  function isExpired({ archivedAtMs }: Entry, { retentionDays = 0 }: Archive): boolean {
    return retentionDays > 0 && archivedAtMs + retentionDays * DAY_MS <= clock.now();
  }

  async function expire(): Promise<void> {
    for (const archive of archives.values()) {
      const entries = await store.list<Entry>(prefixOf(archive.name));
      const expired = entries.filter(({ value }) => isExpired(value, archive)).map(({ key }) => ({ key }));
      if (expired.length > 0) await store.write(expired);
    }
  }

  return {
    create(definition) {
      const { name, retentionDays = 0, eventPattern } = definition;
      if (archives.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Archive ${name} already exists.`);
      if (!Number.isInteger(retentionDays) || retentionDays < 0) {
        throw new Error(`Archive ${name}: RetentionDays must be 0 or a whole number of days, got ${retentionDays}`);
      }
      archives.set(name, {
        ...definition,
        busName: toBusName(definition.eventBusName),
        createdAtMs: clock.now(),
        matches: eventPattern === undefined ? () => true : parseEventPattern(eventPattern),
      });
    },
    list: () => [...archives.values()],
    find: (name) => archives.get(name),
    toChanges(busName, event) {
      // The rule that AWS makes for an archive asks for events without a replay's name.
      if (event['replay-name'] !== undefined) return [];
      const value: Entry = { event, archivedAtMs: clock.now() };
      return [...archives.values()]
        .filter((archive) => archive.busName === busName && archive.matches(event))
        .map(({ name }) => ({ key: `${prefixOf(name)}${event.time}/${event.id}`, value }));
    },
    async events(name) {
      const archive = archives.get(name);
      if (archive === undefined) return [];
      const entries = await store.list<Entry>(prefixOf(name));
      return entries
        .filter(({ value }) => !isExpired(value, archive))
        .map(({ key, value }) => ({ key, event: value.event }));
    },
    async resume() {
      await expire();
      const expireLater = () => {
        cancelExpiry = clock.after(EXPIRE_EVERY_MS, () => {
          // What could not be deleted is never shown, and is tried again in an hour.
          expire().then(expireLater, expireLater);
        });
      };
      if (!isClosed) expireLater();
    },
    close() {
      isClosed = true;
      cancelExpiry();
    },
  };
}

/** Names hold no `/`, so that no archive's prefix is the beginning of another's. */
function prefixOf(archiveName: string): string {
  return `archive/${archiveName}/`;
}
