import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import type { ArchivedEvent, Archives } from './archives';
import { type BusEvent, toReplayed } from './event';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeReplay.html */
export type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';

/** A replay as it is kept; the names of archive, bus and rules are checked by then. */
export interface Replay {
  readonly name: string;
  readonly description?: string;
  readonly archiveName: string;
  readonly busName: string;
  /** Only these rules get the events; all of the bus unless told. */
  readonly ruleArns?: readonly string[];
  /** Events from this time on, */
  readonly fromMs: number;
  /** and before this one. */
  readonly toMs: number;
  readonly state: ReplayState;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** The last event that was sent again: its place in the archive, and its time. */
  readonly last?: { readonly key: string; readonly atMs: number };
}

/** Sends archived events again. */
export interface Replays {
  find(name: string): Promise<Replay | undefined>;
  list(): Promise<Replay[]>;
  /** @throws {AwsError} `ResourceAlreadyExistsException`, or `LimitExceededException` when ten are running */
  start(replay: Omit<Replay, 'state' | 'startedAtMs'>): Promise<Replay>;
  /** @throws {AwsError} `ResourceNotFoundException`, or `IllegalStatusException` when it is over */
  cancel(name: string): Promise<Replay>;
  /** Goes on with those that were running. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface ReplaysOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly archives: Archives;
  /** Gives events to the rules of a bus: `changes` are to be written, then `start` is to be called. */
  readonly accept: (
    busName: string,
    events: readonly BusEvent[],
    ruleArns: readonly string[] | undefined,
  ) => { changes: Change[]; start(): void };
  readonly onError: (error: unknown, what: string) => void;
}

const KEY_PREFIX = 'replay/';
const MAX_ACTIVE = 10;

/** Events in one write, with the position of the replay: what a crash in between would send a second time. */
const BATCH_SIZE = 100;

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html */
export function openReplays({ store, clock, archives, accept, onError }: ReplaysOptions): Replays {
  let lastChange: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  // A cancellation between reading and writing a replay would be lost.
  function oneByOne<T>(change: () => Promise<T>): Promise<T> {
    const result = lastChange.then(change);
    lastChange = result.catch(() => undefined);
    return result;
  }

  const find = (name: string) => store.get<Replay>(KEY_PREFIX + name);
  const list = async () => (await store.list<Replay>(KEY_PREFIX)).map(({ value }) => value);
  const save = (replay: Replay, changes: Change[] = []) =>
    store.write([...changes, { key: KEY_PREFIX + replay.name, value: replay }]);

  function goOnLater(name: string, events?: ArchivedEvent[]): void {
    if (isClosed) return;
    clock.after(0, () => {
      if (isClosed) return;
      oneByOne(() => goOn(name, events)).catch((error: unknown) => onError(error, `replay ${name}`));
    });
  }

  /** Sends the next events; `events` are those that were read already. */
  async function goOn(name: string, events?: ArchivedEvent[]): Promise<void> {
    const replay = await find(name);
    if (replay === undefined || !isActive(replay)) return;
    if (replay.state === 'CANCELLING') return save({ ...replay, state: 'CANCELLED', endedAtMs: clock.now() });

    const rest = events ?? (await archives.events(replay.archiveName)).filter((archived) => isMeant(archived, replay));
    const batch = rest.slice(0, BATCH_SIZE);
    const lastSent = batch.at(-1);
    if (lastSent === undefined) return save({ ...replay, state: 'COMPLETED', endedAtMs: clock.now() });

    const again = batch.map(({ event }) => toReplayed(event, name));
    const { changes, start } = accept(replay.busName, again, replay.ruleArns);
    const last = { key: lastSent.key, atMs: Date.parse(lastSent.event.time) };
    await save({ ...replay, state: 'RUNNING', last }, changes);
    start();
    goOnLater(name, rest.slice(BATCH_SIZE));
  }

  return {
    find,
    list,
    start: (requested) =>
      oneByOne(async () => {
        const replays = await list();
        if (replays.some(({ name }) => name === requested.name)) {
          throw new AwsError('ResourceAlreadyExistsException', `Replay ${requested.name} already exists.`);
        }
        if (replays.filter(isActive).length >= MAX_ACTIVE) {
          throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
        }
        const replay: Replay = { ...requested, state: 'STARTING', startedAtMs: clock.now() };
        await save(replay);
        goOnLater(replay.name);
        return replay;
      }),
    cancel: (name) =>
      oneByOne(async () => {
        const replay = await find(name);
        if (replay === undefined) throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
        if (!isActive(replay) || replay.state === 'CANCELLING') {
          throw new AwsError('IllegalStatusException', `Replay ${name} is not in a valid state for this operation.`);
        }
        const cancelled: Replay = { ...replay, state: 'CANCELLING' };
        await save(cancelled);
        return cancelled;
      }),
    async resume() {
      for (const { name } of (await list()).filter(isActive)) goOnLater(name);
    },
    async close() {
      isClosed = true;
      await lastChange;
    },
  };
}

function isActive({ state }: Replay): boolean {
  return state !== 'COMPLETED' && state !== 'CANCELLED';
}

function isMeant({ key, event }: ArchivedEvent, { fromMs, toMs, last }: Replay): boolean {
  const atMs = Date.parse(event.time);
  return atMs >= fromMs && atMs < toMs && (last === undefined || key > last.key);
}
