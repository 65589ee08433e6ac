import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import { type Archive, type ArchivedEvent, listArchived } from './archive';
import type { Arrival } from './event';
import { toArchiveName, toBusName } from './names';

/** A replay as DescribeReplay shows it; the names of archive, bus and rules are checked by then. Times are epoch seconds. */
export interface Replay {
  readonly ReplayName: string;
  readonly ReplayArn: string;
  readonly Description?: string;
  /** The ARN of the archive. */
  readonly EventSourceArn: string;
  /** The bus, and the only rules that get the events; all of the bus unless told. */
  readonly Destination: { readonly Arn: string; readonly FilterArns?: readonly string[] };
  /** Events from this time on, */
  readonly EventStartTime: number;
  /** and before this one. */
  readonly EventEndTime: number;
  readonly State: 'STARTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED';
  readonly ReplayStartTime: number;
  readonly ReplayEndTime?: number;
  readonly EventLastReplayedTime?: number;
}

interface Kept {
  readonly replay: Replay;
  /** Of the last event that was sent again. */
  readonly lastKey?: string;
}

export interface ReplaysOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly archives: ReadonlyMap<string, Archive>;
  /** Gives events to the rules of a bus: `changes` are to be written, then `start` is to be called. */
  readonly accept: (arrivals: readonly Arrival[], ruleArns?: readonly string[]) => { changes: Change[]; start(): void };
  readonly onError: (error: unknown, what: string) => void;
}

/** Sends archived events again. */
export type Replays = ReturnType<typeof openReplays>;

const KEY_PREFIX = 'replay/';

/** Events in one write, with the position of the replay: what a crash in between would send a second time. */
const BATCH_SIZE = 100;

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html */
export function openReplays({ store, clock, archives, accept, onError }: ReplaysOptions) {
  let lastChange: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  // A cancellation between reading and writing a replay would be lost.
  function oneByOne<T>(change: () => Promise<T>): Promise<T> {
    const result = lastChange.then(change);
    lastChange = result.catch(() => undefined);
    return result;
  }

  async function getKept(name: string): Promise<Kept> {
    const kept = await store.get<Kept>(KEY_PREFIX + name);
    if (kept === undefined) throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
    return kept;
  }

  function save(kept: Kept, changes: Change[] = []): Promise<void> {
    return store.write([...changes, { key: KEY_PREFIX + kept.replay.ReplayName, value: kept }]);
  }

  function end(replay: Replay, State: 'COMPLETED' | 'CANCELLED'): Promise<void> {
    return save({ replay: { ...replay, State, ReplayEndTime: clock.now() / 1000 } });
  }

  function goOnLater(name: string, events?: ArchivedEvent[]): void {
    clock.after(0, () => {
      if (isClosed) return;
      oneByOne(() => goOn(name, events)).catch((error: unknown) => onError(error, `replay ${name}`));
    });
  }

  async function listMeant({ replay, lastKey = '' }: Kept): Promise<ArchivedEvent[]> {
    const archive = archives.get(toArchiveName(replay.EventSourceArn));
    const archived = archive === undefined ? [] : await listArchived(store, clock, archive);
    return archived.filter((one) => {
      const atSeconds = secondsOf(one);
      return one.key > lastKey && atSeconds >= replay.EventStartTime && atSeconds < replay.EventEndTime;
    });
  }

  /** Sends the next events; `events` are those that were read already. */
  async function goOn(name: string, events?: ArchivedEvent[]): Promise<void> {
    const kept = await getKept(name);
    const { replay } = kept;
    if (!isActive(replay)) return;
    const rest = events ?? (await listMeant(kept));
    const batch = rest.slice(0, BATCH_SIZE);
    const last = batch.at(-1);
    if (last === undefined) return end(replay, 'COMPLETED');

    const busName = toBusName(replay.Destination.Arn);
    const again = batch.map(({ event }) => ({ busName, event: { ...event, 'replay-name': name } }));
    const { changes, start } = accept(again, replay.Destination.FilterArns);
    const running = { ...replay, State: 'RUNNING', EventLastReplayedTime: secondsOf(last) } as const;
    await save({ replay: running, lastKey: last.key }, changes);
    start();
    goOnLater(name, rest.slice(BATCH_SIZE));
  }

  const list = async () => (await store.list<Kept>(KEY_PREFIX)).map(({ value }) => value.replay);

  return {
    list,
    /** @throws {AwsError} `ResourceNotFoundException` */
    get: async (name: string) => (await getKept(name)).replay,
    /** @throws {AwsError} `ResourceAlreadyExistsException` */
    start: (replay: Replay) =>
      oneByOne(async () => {
        if ((await store.get(KEY_PREFIX + replay.ReplayName)) !== undefined) {
          throw new AwsError('ResourceAlreadyExistsException', `Replay ${replay.ReplayName} already exists.`);
        }
        await save({ replay });
        goOnLater(replay.ReplayName);
      }),
    /** @throws {AwsError} `ResourceNotFoundException`, or `IllegalStatusException` when it is over */
    cancel: (name: string) =>
      oneByOne(async () => {
        const { replay } = await getKept(name);
        if (!isActive(replay)) {
          throw new AwsError('IllegalStatusException', `Replay ${name} is not in a valid state for this operation.`);
        }
        await end(replay, 'CANCELLED');
        return replay;
      }),
    /** Goes on with those that were running. */
    async resume() {
      for (const { ReplayName } of (await list()).filter(isActive)) goOnLater(ReplayName);
    },
    async close() {
      isClosed = true;
      await lastChange;
    },
  };
}

function isActive({ State }: Replay): boolean {
  return State === 'STARTING' || State === 'RUNNING';
}

function secondsOf({ event }: ArchivedEvent): number {
  return Date.parse(event.time) / 1000;
}
