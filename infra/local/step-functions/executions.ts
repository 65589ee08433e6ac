import { AwsError } from '../aws-error';
import type { BeginSpan } from '../tracing';
import { type Definition, parseDefinition } from './definition';
import { type ExecutionRun, newRun, runToEnd } from './execution-run';
import { type HistoryEvent, MAX_EVENTS, type OnExecutionLog } from './history';
import type { Ports } from './interpreter';
import { Interrupted } from './interruption';
import { alreadyExists, type ExecutionRecord, type Journal, type Machine, type Position } from './journal';
import type { RunTask } from './lambda-invoke';

/** What all executions of a room share. */
export interface ExecutionSources extends Pick<Ports, 'clock' | 'region' | 'random' | 'evaluate'> {
  journal: Journal;
  beginSpan: BeginSpan;
  runTask: RunTask;
  onExecutionLog: OnExecutionLog;
}

/** An execution that is under way in this process. */
interface Live {
  run: ExecutionRun;
  /** Settles once the start is durable. */
  begun: Promise<void>;
  /** Settles once the record shows the end, or the room closes. */
  done: Promise<void>;
}

/** The executions of all machines of a room; none runs before `start` or `resume`. */
export class Executions {
  readonly #liveByArn = new Map<string, Live>();
  #lastOrder = 0;

  constructor(private readonly sources: ExecutionSources) {}

  /**
   * Begins an execution; the same name and input while it runs answers the running one.
   *
   * @throws {AwsError} `ExecutionAlreadyExists`
   */
  async start(
    machine: Machine,
    start: Pick<ExecutionRecord, 'executionArn' | 'name' | 'input' | 'traceHeader'>,
  ): Promise<Pick<Live, 'run' | 'done'>> {
    const existing = this.#liveByArn.get(start.executionArn);
    if (existing !== undefined) {
      await existing.begun;
      const { status, input } = existing.run.record;
      if (status === 'RUNNING' && input === start.input) return existing;
      throw alreadyExists(existing.run.record);
    }
    const startedAtMs = this.sources.clock.now();
    this.#lastOrder = Math.max(this.#lastOrder + 1, startedAtMs * 1000);
    const { stateMachineArn, revision, roleArn } = machine;
    const begun = { status: 'RUNNING', startedAtMs, order: this.#lastOrder } as const;
    const record = { ...start, ...begun, stateMachineArn, revision };
    const run = newRun(this.sources, machine, record);
    run.position.lastEventId = run.history.add('ExecutionStarted', { input: start.input, roleArn });
    const live = this.#launch(run, (events) => run.journal.begin(run.record, machine, run.position, events));
    await live.begun;
    return live;
  }

  /** Aborts an execution unless it has ended; answers its record afterwards. */
  async stop(arn: string, error?: string, cause?: string): Promise<ExecutionRecord> {
    const live = await this.#findLive(arn);
    live?.run.interruption.abort(new Interrupted({ status: 'ABORTED', error, cause }));
    await live?.done;
    return live?.run.record ?? this.get(arn);
  }

  /**
   * Lets an unsuccessful execution go on; answers its record afterwards.
   *
   * @throws {AwsError} `ExecutionNotRedrivable`
   */
  async redrive(arn: string, clientToken?: string): Promise<ExecutionRecord> {
    const { journal, clock } = this.sources;
    const ended = await this.get(arn);
    const { redriveToken, redrivenAtMs = 0 } = ended;
    // An SDK repeats a request that got no answer, with the same token.
    const isRepeated = redriveToken !== undefined && redriveToken === clientToken;
    if (isRepeated && clock.now() - redrivenAtMs < TOKEN_AGE_MS) return ended;
    const obstacle = findRedriveObstacle(ended, clock.now());
    if (obstacle !== undefined) throw new AwsError('ExecutionNotRedrivable', obstacle);
    const machine = await journal.getMachine(ended);
    // Another redrive was faster.
    if (this.#liveByArn.has(arn)) return this.redrive(arn, clientToken);
    const definition = parseDefinition(machine.name, machine.definition);
    const { record, position } = redriven(ended, definition, clientToken, clock.now());
    const run = newRun(this.sources, machine, record, position);
    position.lastEventId = run.history.add('ExecutionRedriven', { redriveCount: record.redriveCount });
    await this.#launch(run, (events) => journal.change(record, position, events)).begun;
    return record;
  }

  /** @throws {AwsError} `ExecutionDoesNotExist` */
  async get(arn: string): Promise<ExecutionRecord> {
    const record = (await this.#findLive(arn))?.run.record ?? (await this.sources.journal.find(arn));
    if (record !== undefined) return record;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  /** Goes on with what the journal has running. */
  async resume(): Promise<void> {
    const { journal } = this.sources;
    for (const { executionArn, position } of await journal.positions()) {
      if (this.#liveByArn.has(executionArn)) continue;
      const record = await this.get(executionArn);
      const machine = await journal.getMachine(record);
      this.#launch(newRun(this.sources, machine, record, position), async () => {});
    }
  }

  /** Takes no further step; what runs stays RUNNING in the journal. */
  async close(): Promise<void> {
    const all = [...this.#liveByArn.values()];
    for (const { run } of all) run.interruption.abort(new Interrupted());
    await Promise.all(all.map(({ done }) => done));
  }

  /** The execution that is under way; one whose start is about to be refused is none. */
  async #findLive(arn: string): Promise<Live | undefined> {
    const live = this.#liveByArn.get(arn);
    return live?.begun.then(
      () => live,
      () => undefined,
    );
  }

  #launch(run: ExecutionRun, begin: (events: HistoryEvent[]) => Promise<void>): Live {
    const { executionArn } = run.record;
    const begun = run.history.save(begin);
    // An execution that never began has no end either; whoever started it gets the error.
    const done = begun
      .then(
        () => runToEnd(run),
        () => {},
      )
      .finally(() => this.#liveByArn.delete(executionArn));
    const live = { run, begun, done };
    this.#liveByArn.set(executionArn, live);
    return live;
  }
}

const MAX_REDRIVE_AGE_MS = 14 * 24 * 3600 * 1000;
const TOKEN_AGE_MS = 15 * 60 * 1000;

/**
 * Why an execution cannot be redriven at that instant; `undefined` when it can.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function findRedriveObstacle(record: ExecutionRecord, nowMs: number): string | undefined {
  const { status, stoppedAtMs = nowMs, lastPosition } = record;
  if (lastPosition === undefined) return `Execution is ${status} and cannot be redriven`;
  // One event says that it is redriven, and the one that ends it must have room as well.
  if (lastPosition.lastEventId >= MAX_EVENTS - 1) return 'Execution history event limit exceeded';
  if (nowMs - stoppedAtMs >= MAX_REDRIVE_AGE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

/**
 * How an execution goes on after its unsuccessful end: at the state where it stood, with that state's input and all its
 * retries. A Task is scheduled again, any other state is entered again.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
function redriven(
  { stoppedAtMs: _, error: __, cause: ___, lastPosition, redriveCount = 0, ...kept }: ExecutionRecord,
  { States }: Definition,
  redriveToken: string | undefined,
  nowMs: number,
): { record: ExecutionRecord; position: Position } {
  const { resumeAtMs: ____, entered, ...position } = lastPosition as Position;
  const isTask = States[position.stateName]?.Type === 'Task';
  return {
    record: { ...kept, status: 'RUNNING', redriveCount: redriveCount + 1, redrivenAtMs: nowMs, redriveToken },
    position: { ...position, retries: [], entered: isTask ? entered : undefined },
  };
}
