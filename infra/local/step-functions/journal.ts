import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import type { LoggingConfiguration } from './execution-log';
import type { HistoryEvent } from './history';

/** How an execution stands. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution as it is kept. */
export interface ExecutionRecord {
  executionArn: string;
  stateMachineArn: string;
  machineName: string;
  name: string;
  /** The JSON text it was started with. */
  input: string;
  status: ExecutionStatus;
  startedAtMs: number;
  /** Orders executions started in the same millisecond. */
  sequence: number;
  /** Key of the revision it runs: a definition changed at a restart does not change running executions. */
  revision: string;
  stoppedAtMs?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** How many events it had at its end. */
  eventCount?: number;
  redriveCount?: number;
  redrivenAtMs?: number;
  /** The client tokens of its redrives, the newest last. */
  redriveTokens?: Array<{ token: string; atMs: number }>;
}

/** A definition as it was when executions were started with it. */
export interface Revision {
  stateMachineArn: string;
  name: string;
  roleArn: string;
  definition: string;
  logging: LoggingConfiguration;
  createdAtMs: number;
}

/** Where a running execution stands: enough to go on from the store alone. */
export interface Position {
  stateName: string;
  input: unknown;
  variables: Record<string, unknown>;
  /** Absent until the state is entered; then its visit is known and not entered a second time after a restart. */
  entered?: { eventId: number; previousEventId: number; atMs: number };
  /** Attempts given by each retrier of the state. */
  retries: number[];
  /** When a Wait state or the delay before a retry is over. */
  resumeAtMs?: number;
  /** The newest event in the store. */
  lastEventId: number;
}

/** Identifies an execution in the journal's keys. */
export type ExecutionKey = Pick<ExecutionRecord, 'machineName' | 'name'>;

/** How long an execution is kept after its end; until then its name is taken. */
const RETENTION_MS = 90 * 24 * 3600 * 1000;

/**
 * Keeps executions in the store, those that have ended for 90 days. Each write is one atomic batch, and its size does not grow with the history: events
 * are appended under keys of their own.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export interface Journal {
  find(key: ExecutionKey): Promise<ExecutionRecord | undefined>;
  list(machineName: string): Promise<ExecutionRecord[]>;
  history(key: ExecutionKey): Promise<HistoryEvent[]>;
  revision(key: string): Promise<Revision | undefined>;
  /** Every running execution with its position. */
  running(): Promise<Array<{ record: ExecutionRecord; position: Position }>>;
  /** @throws {AwsError} `ExecutionAlreadyExists` when an execution that is still kept has the name */
  begin(record: ExecutionRecord, revision: Revision, position: Position, events: HistoryEvent[]): Promise<void>;
  advance(key: ExecutionKey, position: Position, events: HistoryEvent[]): Promise<void>;
  /** `last` is where the execution can be redriven from. */
  end(record: ExecutionRecord, events: HistoryEvent[], last?: Position): Promise<void>;
  /** Where an unsuccessful execution stood at its end. */
  lastPosition(key: ExecutionKey): Promise<Position | undefined>;
  redrive(record: ExecutionRecord, position: Position, events: HistoryEvent[]): Promise<void>;
}

/** The journal on a room's store. */
export function openJournal(store: KeyValueStore, clock: Clock): Journal {
  const written = new Set<string>();
  const isKept = ({ stoppedAtMs }: ExecutionRecord) =>
    stoppedAtMs === undefined || clock.now() - stoppedAtMs < RETENTION_MS;
  const historyOf = (key: ExecutionKey) => store.list<HistoryEvent[]>(`${keyOf('history', key)}/`);
  return {
    async find(key) {
      const record = await store.get<ExecutionRecord>(keyOf('execution', key));
      return record !== undefined && isKept(record) ? record : undefined;
    },
    list: async (machineName) => values(await store.list<ExecutionRecord>(`execution/${machineName}/`)).filter(isKept),
    history: async (key) => values(await historyOf(key)).flat(),
    revision: (key) => store.get(`revision/${key}`),
    async running() {
      const positions = await store.list<Position>('position/');
      return Promise.all(
        positions.map(async ({ key, value: position }) => {
          const record = await store.get<ExecutionRecord>(key.replace('position/', 'execution/'));
          if (record === undefined) throw new Error(`the journal has a position but no execution for ${key}`);
          return { record, position };
        }),
      );
    },
    async begin(record, revision, position, events) {
      const former = await store.get<ExecutionRecord>(keyOf('execution', record));
      if (former !== undefined && isKept(former)) throw alreadyExists(record.executionArn);
      const outdated = former === undefined ? [] : (await historyOf(record)).map(({ key }) => ({ key }));
      const isKnown = written.has(record.revision);
      await store.write([
        ...outdated,
        ...(former === undefined ? [] : [{ key: keyOf('last-position', record) }]),
        ...(isKnown ? [] : [{ key: `revision/${record.revision}`, value: revision }]),
        { key: keyOf('execution', record), value: record },
        { key: keyOf('position', record), value: position },
        ...chunk(record, events),
      ]);
      written.add(record.revision);
    },
    advance: (key, position, events) =>
      store.write([{ key: keyOf('position', key), value: position }, ...chunk(key, events)]),
    end: (record, events, last) =>
      store.write([
        { key: keyOf('execution', record), value: record },
        { key: keyOf('position', record) },
        ...(last === undefined ? [] : [{ key: keyOf('last-position', record), value: last }]),
        ...chunk(record, events),
      ]),
    lastPosition: (key) => store.get(keyOf('last-position', key)),
    redrive: (record, position, events) =>
      store.write([
        { key: keyOf('execution', record), value: record },
        { key: keyOf('position', record), value: position },
        { key: keyOf('last-position', record) },
        ...chunk(record, events),
      ]),
  };
}

/** The error of a name that is taken. */
export function alreadyExists(arn: string): AwsError {
  return new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}

/** Names hold no `/`, so that no key is the prefix of another execution's. */
function keyOf(kind: string, { machineName, name }: ExecutionKey): string {
  return `${kind}/${machineName}/${name}`;
}

/** The events of one write, under the first one's id. Five digits are enough for the most events there can be. */
function chunk(key: ExecutionKey, events: HistoryEvent[]): Change[] {
  const first = events[0];
  if (first === undefined) return [];
  return [{ key: `${keyOf('history', key)}/${String(first.id).padStart(5, '0')}`, value: events }];
}

function values<T>(entries: Array<{ value: T }>): T[] {
  return entries.map(({ value }) => value);
}
