import type { Definition } from './definition';
import type { OnExecutionLog } from './execution-log';
import { type EndReason, runToEnd } from './execution-run';
import type { Ports } from './interpreter';
import { Interruption } from './interruption';
import { alreadyExists, type ExecutionKey, type ExecutionRecord, type Journal, type Revision } from './journal';
import type { RunTask } from './lambda-invoke';
import { beginRun, continueRun, newRecord, type PreparedRun, redriveRun } from './prepared-run';
import { isRepeatedRedrive, redriven } from './redrive';

/** A state machine as the template defines it now. */
export interface Machine extends Revision {
  type: 'STANDARD' | 'EXPRESS';
  parsed: Definition;
  /** Tells its definition and role from others. */
  revision: string;
}

/** What a caller says about a new execution. */
export type ExecutionStart = Pick<ExecutionRecord, 'executionArn' | 'name' | 'input'>;

/** The executions of all machines of a room. */
export interface Executions {
  /** Begins an execution; the same name and input while it runs answers the running one. */
  start(machine: Machine, start: ExecutionStart): Promise<ExecutionRecord>;
  /** Begins an execution in memory only; `done` settles once the record shows its end, or the room closes. */
  startExpress(machine: Machine, start: ExecutionStart): { record: ExecutionRecord; done: Promise<void> };
  /** Aborts an execution unless it has ended; answers its record afterwards. */
  stop(key: ExecutionKey, error?: string, cause?: string): Promise<ExecutionRecord | undefined>;
  /**
   * Lets an unsuccessful execution go on; answers its record afterwards.
   *
   * @throws {AwsError} `ExecutionNotRedrivable`
   */
  redrive(key: ExecutionKey, clientToken?: string): Promise<ExecutionRecord | undefined>;
  find(key: ExecutionKey): Promise<ExecutionRecord | undefined>;
  /** Goes on with what the journal has running. */
  resume(): Promise<void>;
  /** Takes no further step; what runs stays RUNNING in the journal. */
  close(): Promise<void>;
}

/** What all executions of a room share. */
export interface ExecutionSources extends Pick<Ports, 'clock' | 'region' | 'random' | 'evaluate'> {
  journal: Journal;
  runTask: RunTask;
  onExecutionLog: OnExecutionLog;
}

/** An execution that is under way in this process. */
interface Live {
  record: ExecutionRecord;
  interruption: Interruption<EndReason>;
  /** Settles once the start is durable. */
  begun: Promise<void>;
  /** Settles once it is at its end, or given up because the room closes. */
  done: Promise<void>;
}

/** Opens the executions on a journal; none runs before `start` or `resume`. */
export function openExecutions(sources: ExecutionSources): Executions {
  return new RoomExecutions(sources);
}

class RoomExecutions implements Executions {
  readonly #liveByKey = new Map<string, Live>();
  #sequence = 0;

  constructor(private readonly sources: ExecutionSources) {}

  async start(machine: Machine, start: ExecutionStart): Promise<ExecutionRecord> {
    const { journal, clock } = this.sources;
    const existing = this.#liveByKey.get(keyText({ machineName: machine.name, name: start.name }));
    if (existing !== undefined) {
      await existing.begun;
      return sameOrRefused(existing.record, start.input);
    }
    const record = newRecord(machine, start, clock, ++this.#sequence);
    const run = beginRun(this.sources, machine, record);
    const { parsed: _, revision: __, ...revision } = machine;
    const begun = run.history.save((events) => journal.begin(record, revision, run.position, events));
    this.#launch(keyText(record), run, begun);
    await begun;
    return record;
  }

  startExpress(machine: Machine, start: ExecutionStart): { record: ExecutionRecord; done: Promise<void> } {
    const record = newRecord(machine, start, this.sources.clock, 0);
    const run = beginRun(this.sources, machine, record);
    const begun = run.history.save(async () => {});
    const { done } = this.#launch(start.executionArn, run, begun);
    return { record, done };
  }

  async stop(key: ExecutionKey, error?: string, cause?: string): Promise<ExecutionRecord | undefined> {
    const live = await this.#findLive(key);
    if (live === undefined) return this.sources.journal.find(key);
    live.interruption.interrupt({ kind: 'stopped', error, cause });
    await live.done;
    return live.record;
  }

  async redrive(key: ExecutionKey, clientToken?: string): Promise<ExecutionRecord | undefined> {
    const { journal, clock } = this.sources;
    const ended = await this.find(key);
    if (ended === undefined || isRepeatedRedrive(ended, clientToken, clock.now())) return ended;
    const record = redriven(ended, clientToken, clock.now());
    const [last, revision] = await Promise.all([journal.lastPosition(key), journal.revision(record.revision)]);
    // Another redrive was faster.
    if (this.#liveByKey.has(keyText(key))) return this.redrive(key, clientToken);
    const run = redriveRun(this.sources, record, revision, last);
    const begun = run.history.save((events) => journal.redrive(record, run.position, events));
    this.#launch(keyText(record), run, begun);
    await begun;
    return record;
  }

  async find(key: ExecutionKey): Promise<ExecutionRecord | undefined> {
    return (await this.#findLive(key))?.record ?? this.sources.journal.find(key);
  }

  async resume(): Promise<void> {
    const { journal } = this.sources;
    for (const { record, position } of await journal.running()) {
      if (this.#liveByKey.has(keyText(record))) continue;
      const run = continueRun(this.sources, record, await journal.revision(record.revision), position);
      this.#sequence = Math.max(this.#sequence, record.sequence);
      this.#launch(keyText(record), run, Promise.resolve());
    }
  }

  async close(): Promise<void> {
    const all = [...this.#liveByKey.values()];
    for (const live of all) live.interruption.interrupt({ kind: 'closed' });
    await Promise.all(all.map((live) => live.done));
  }

  /** The execution that is under way; one whose start is about to be refused is none. */
  async #findLive(key: ExecutionKey): Promise<Live | undefined> {
    const live = this.#liveByKey.get(keyText(key));
    return live?.begun.then(
      () => live,
      () => undefined,
    );
  }

  #launch(key: string, prepared: PreparedRun, begun: Promise<void>): Live {
    const { record } = prepared;
    const interruption = new Interruption<EndReason>();
    // An execution that never began has no end either; whoever started it gets the error.
    const done = begun
      .then(
        () => runToEnd({ ...prepared, interruption }),
        () => {},
      )
      .finally(() => this.#liveByKey.delete(key));
    const live = { record, interruption, begun, done };
    this.#liveByKey.set(key, live);
    return live;
  }
}

function keyText({ machineName, name }: ExecutionKey): string {
  return `${machineName}/${name}`;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function sameOrRefused(record: ExecutionRecord, input: string): ExecutionRecord {
  if (record.status === 'RUNNING' && record.input === input) return record;
  throw alreadyExists(record.executionArn);
}
