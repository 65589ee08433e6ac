import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { type Definition, parseDefinition } from './definition';
import { type EndReason, type ExecutionRun, runToEnd } from './execution-run';
import { History, startedDetails } from './history';
import type { Ports } from './interpreter';
import { Interruption } from './interruption';
import type { ExecutionKey, ExecutionRecord, Journal, Position, Revision } from './journal';

/** A state machine as the template defines it now. */
export interface Machine extends Revision {
  parsed: Definition;
}

/** What a caller says about a new execution. */
export type ExecutionStart = Pick<ExecutionRecord, 'executionArn' | 'name' | 'input'>;

/** The executions of all machines of a room. */
export interface Executions {
  /** Begins an execution; the same name and input while it runs answers the running one. */
  start(machine: Machine, start: ExecutionStart): Promise<ExecutionRecord>;
  /** Aborts an execution unless it has ended; answers its record afterwards. */
  stop(key: ExecutionKey, error?: string, cause?: string): Promise<ExecutionRecord | undefined>;
  find(key: ExecutionKey): Promise<ExecutionRecord | undefined>;
  /** Goes on with what the journal has running. */
  resume(): Promise<void>;
  /** Takes no further step; what runs stays RUNNING in the journal. */
  close(): Promise<void>;
}

/** What all executions of a room share. */
export interface ExecutionSources extends Pick<Ports, 'clock' | 'region' | 'random' | 'evaluate' | 'runTask'> {
  journal: Journal;
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
  return new JournaledExecutions(sources);
}

class JournaledExecutions implements Executions {
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
    const { history, position } = beginning(machine, start.input, clock);
    const begun = begin(journal, record, machine, position, history);
    this.#launch(record, begun, { definition: machine.parsed, revision: machine, position, history });
    await begun;
    return record;
  }

  async stop(key: ExecutionKey, error?: string, cause?: string): Promise<ExecutionRecord | undefined> {
    const live = await this.#findLive(key);
    if (live === undefined) return this.sources.journal.find(key);
    live.interruption.interrupt({ kind: 'stopped', error, cause });
    await live.done;
    return live.record;
  }

  async find(key: ExecutionKey): Promise<ExecutionRecord | undefined> {
    return (await this.#findLive(key))?.record ?? this.sources.journal.find(key);
  }

  async resume(): Promise<void> {
    const { journal, clock } = this.sources;
    for (const { record, position } of await journal.running()) {
      if (this.#liveByKey.has(keyText(record))) continue;
      const revision = await journal.revision(record.revision);
      if (revision === undefined) throw new Error(`the journal lacks the definition of ${record.executionArn}`);
      const definition = parseDefinition(revision.name, revision.definition);
      this.#sequence = Math.max(this.#sequence, record.sequence);
      const history = new History(clock, position.lastEventId);
      this.#launch(record, Promise.resolve(), { definition, revision, position, history });
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

  #launch(
    record: ExecutionRecord,
    begun: Promise<void>,
    run: Omit<ExecutionRun, 'record' | 'interruption' | 'sources'>,
  ): void {
    const interruption = new Interruption<EndReason>();
    const { sources } = this;
    // An execution that never began has no end either; whoever started it gets the error.
    const done = begun
      .then(
        () => runToEnd({ ...run, record, interruption, sources }),
        () => {},
      )
      .finally(() => this.#liveByKey.delete(keyText(record)));
    this.#liveByKey.set(keyText(record), { record, interruption, begun, done });
  }
}

function keyText({ machineName, name }: ExecutionKey): string {
  return `${machineName}/${name}`;
}

function newRecord(machine: Machine, start: ExecutionStart, clock: Clock, sequence: number): ExecutionRecord {
  return {
    ...start,
    stateMachineArn: machine.stateMachineArn,
    machineName: machine.name,
    status: 'RUNNING',
    startedAtMs: clock.now(),
    sequence,
    revision: revisionKey(machine),
  };
}

function beginning(machine: Machine, input: string, clock: Clock): { history: History; position: Position } {
  const history = new History(clock, 0);
  history.add('ExecutionStarted', startedDetails(input, machine.roleArn));
  const position: Position = {
    stateName: machine.parsed.StartAt,
    input: JSON.parse(input),
    variables: {},
    retries: [],
    lastEventId: history.lastId,
  };
  return { history, position };
}

/** @throws {AwsError} `ExecutionAlreadyExists` when the name was used, also by an execution that has ended */
async function begin(
  journal: Journal,
  record: ExecutionRecord,
  machine: Machine,
  position: Position,
  history: History,
): Promise<void> {
  if ((await journal.find(record)) !== undefined) throw alreadyExists(record.executionArn);
  const { parsed: _, ...revision } = machine;
  await journal.begin(record, revision, position, history.takeUnsaved());
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function sameOrRefused(record: ExecutionRecord, input: string): ExecutionRecord {
  if (record.status === 'RUNNING' && record.input === input) return record;
  throw alreadyExists(record.executionArn);
}

function alreadyExists(arn: string): AwsError {
  return new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}

function revisionKey({ name, definition, roleArn }: Revision): string {
  return `${name}/${createHash('sha256').update(`${roleArn}\n${definition}`).digest('hex')}`;
}
