import { AwsError } from '../aws-error';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import type { HistoryEvent } from './history';

/** An execution as it is kept. */
export interface ExecutionRecord {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  /** The JSON text it was started with. */
  input: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startedAtMs: number;
  /** `X-Amzn-Trace-Id` that it was started with. */
  traceHeader?: string;
  /** Greater than that of any execution that was started before. */
  order: number;
  /** Key of the machine it runs: a definition changed at a restart does not change running executions. */
  revision: string;
  stoppedAtMs?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** Where it stood at its end, unless it succeeded. */
  lastPosition?: Position;
  redriveCount?: number;
  redrivenAtMs?: number;
  /** The client token of the last redrive. */
  redriveToken?: string;
}

/** A state machine of the template; `definition` is its text with all substitutions made. */
export interface StateMachine {
  name: string;
  definition: string;
  /** The executions of an EXPRESS machine run in memory, for at most five minutes, and end with the process. */
  type: 'STANDARD' | 'EXPRESS';
  roleArn: string;
  /** Whether executions, their tasks and the functions that these call are of one trace. Default `false`. */
  isTraced?: boolean;
  /** Where executions log their events, and which: all of them or errors only. They log none unless told. */
  log?: { level: 'ALL' | 'ERROR'; groupArn: string };
}

/** A state machine as it was when executions were started with it. */
export interface Machine extends StateMachine {
  stateMachineArn: string;
  createdAtMs: number;
  /** Tells its definition and role from others. */
  revision: string;
}

/** Where an execution stands: enough to go on from the store alone. */
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

/**
 * Keeps executions in the store. Each write is one atomic batch, and its size does not grow with the history: events are
 * appended under keys of their own.
 */
export class Journal {
  readonly #knownRevisions = new Set<string>();

  constructor(private readonly store: KeyValueStore) {}

  find(executionArn: string): Promise<ExecutionRecord | undefined> {
    return this.store.get(`execution/${executionArn}`);
  }

  async list(stateMachineArn: string): Promise<ExecutionRecord[]> {
    const executions = stateMachineArn.replace(':stateMachine:', ':execution:');
    return (await this.store.list<ExecutionRecord>(`execution/${executions}:`)).map(({ value }) => value);
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    return (await this.store.list<HistoryEvent[]>(`history/${executionArn}/`)).flatMap(({ value }) => value);
  }

  /** The machine as it was when the execution was started. */
  async getMachine({ revision, executionArn }: ExecutionRecord): Promise<Machine> {
    const machine = await this.store.get<Machine>(`revision/${revision}`);
    if (machine === undefined) throw new Error(`the journal lacks the definition of ${executionArn}`);
    return machine;
  }

  /** Where each running execution stands. */
  async positions(): Promise<Array<{ executionArn: string; position: Position }>> {
    const entries = await this.store.list<Position>('position/');
    return entries.map(({ key, value }) => ({ executionArn: key.replace('position/', ''), position: value }));
  }

  /** @throws {AwsError} `ExecutionAlreadyExists` */
  async begin(record: ExecutionRecord, machine: Machine, position: Position, events: HistoryEvent[]): Promise<void> {
    if ((await this.find(record.executionArn)) !== undefined) throw alreadyExists(record);
    const isKnown = this.#knownRevisions.has(record.revision);
    await this.change(
      record,
      position,
      events,
      isKnown ? [] : [{ key: `revision/${record.revision}`, value: machine }],
    );
    this.#knownRevisions.add(record.revision);
  }

  /** Moves a running execution. */
  advance({ executionArn }: ExecutionRecord, position: Position, events: HistoryEvent[]): Promise<void> {
    return this.store.write([{ key: `position/${executionArn}`, value: position }, ...chunk(executionArn, events)]);
  }

  /** Changes the record of an execution, which has a position only while it runs. */
  change(
    record: ExecutionRecord,
    position: Position | undefined,
    events: HistoryEvent[],
    more: Change[] = [],
  ): Promise<void> {
    const { executionArn } = record;
    const changed = { key: `execution/${executionArn}`, value: record };
    const moved = { key: `position/${executionArn}`, value: position };
    return this.store.write([changed, moved, ...chunk(executionArn, events), ...more]);
  }
}

/** The error of a name that is taken. */
export function alreadyExists({ executionArn }: ExecutionRecord): AwsError {
  return new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
}

/** The events of one write, under the first one's id. Five digits are enough for the most events there can be. */
function chunk(executionArn: string, events: HistoryEvent[]): Change[] {
  const first = events[0];
  if (first === undefined) return [];
  return [{ key: `history/${executionArn}/${String(first.id).padStart(5, '0')}`, value: events }];
}
