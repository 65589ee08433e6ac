import { type Definition, parseDefinition } from './definition';
import { type ExecutionTrace, openExecutionTrace } from './execution-trace';
import type { ExecutionSources } from './executions';
import { History, type HistoryEvent, logEvent, MAX_EVENTS } from './history';
import { interpret, type Ports } from './interpreter';
import { alarmAt, Interrupted, type Outcome } from './interruption';
import type { ExecutionRecord, Journal, Machine, Position } from './journal';

/** An execution with all it needs to go on from its position. */
export interface ExecutionRun {
  position: Position;
  record: ExecutionRecord;
  machine: Machine;
  definition: Definition;
  history: History;
  /** Its reason is an {@link Interrupted}. */
  interruption: AbortController;
  journal: Pick<Journal, 'begin' | 'advance' | 'change'>;
  sources: ExecutionSources;
}

/** The journal of an execution that is lost with the process. */
const NO_JOURNAL = { begin: async () => {}, advance: async () => {}, change: async () => {} };

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
const MAX_EXPRESS_SECONDS = 5 * 60;

/** Prepares an execution to go on from a position, from the start of its machine unless told. */
export function newRun(
  sources: ExecutionSources,
  machine: Machine,
  record: ExecutionRecord,
  given?: Position,
): ExecutionRun {
  const definition = parseDefinition(machine.name, machine.definition);
  const { StartAt: stateName } = definition;
  const position = given ?? { stateName, input: JSON.parse(record.input), variables: {}, retries: [], lastEventId: 0 };
  const onSaved = (event: HistoryEvent) => logEvent(event, record, machine, sources.onExecutionLog);
  const isExpress = machine.type === 'EXPRESS';
  const maxEvents = isExpress ? Number.POSITIVE_INFINITY : MAX_EVENTS;
  const history = new History(sources.clock, position.lastEventId, maxEvents, onSaved);
  const journal = isExpress ? NO_JOURNAL : sources.journal;
  return { sources, record, machine, definition, position, history, journal, interruption: new AbortController() };
}

/**
 * Carries an execution to its end and writes that end down; the record is changed to it once it is durable. When the
 * room closes first, the execution stays as the store has it.
 */
export async function runToEnd(run: ExecutionRun): Promise<void> {
  const { record, machine, definition, history, interruption, sources } = run;
  const mostSeconds = machine.type === 'EXPRESS' ? MAX_EXPRESS_SECONDS : Number.POSITIVE_INFINITY;
  const limitMs = Math.min(definition.TimeoutSeconds ?? mostSeconds, mostSeconds) * 1000;
  // A redrive sets the time limit back.
  const trace = openExecutionTrace(run);
  const { rings, cancel } = alarmAt(sources.clock, (record.redrivenAtMs ?? record.startedAtMs) + limitMs);
  rings.then(() => interruption.abort(new Interrupted({ status: 'TIMED_OUT' })));
  try {
    const outcome = await outcomeOf(run, trace);
    if (outcome === undefined) return;
    const ended: ExecutionRecord = { ...record, ...outcome, stoppedAtMs: sources.clock.now() };
    if (outcome.status !== 'SUCCEEDED') ended.lastPosition = { ...run.position, lastEventId: history.lastId };
    await history.save((events) => run.journal.change(ended, undefined, events));
    Object.assign(record, ended);
    trace.end(outcome.status === 'SUCCEEDED' ? 'ok' : 'fault');
  } finally {
    cancel();
  }
}

/** How it ended; `undefined` when the room closed first. */
async function outcomeOf(run: ExecutionRun, trace: ExecutionTrace): Promise<Outcome | undefined> {
  try {
    return await interpret(run.definition, run, portsOf(run, trace));
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    const { outcome } = thrown;
    if (outcome !== undefined) {
      const isLate = outcome.status === 'TIMED_OUT';
      const details = { error: isLate ? 'States.Timeout' : outcome.error, cause: outcome.cause };
      // Step Functions links these events to none, and names the error of a timeout here only.
      run.history.add(isLate ? 'ExecutionTimedOut' : 'ExecutionAborted', details, 0);
    }
    return outcome;
  }
}

function portsOf(
  { record, machine, history, interruption, journal, sources }: ExecutionRun,
  trace: ExecutionTrace,
): Ports {
  const { executionArn, redrivenAtMs, redriveCount = 0 } = record;
  return {
    ...sources,
    runTask: (taskArguments) =>
      sources.runTask(taskArguments, { roleArn: machine.roleArn, executionArn, ...trace.within() }),
    inState: trace.inState,
    history,
    signal: interruption.signal,
    async save(position) {
      interruption.signal.throwIfAborted();
      position.lastEventId = history.lastId;
      // A copy, because the store may keep what it is given, and the interpreter goes on changing its own. Not cut short
      // by an interruption: the write of the end must come after this one.
      await history.save((events) => journal.advance(record, { ...position }, events));
    },
    context: {
      Execution: {
        Id: executionArn,
        Input: JSON.parse(record.input),
        Name: record.name,
        RoleArn: machine.roleArn,
        StartTime: new Date(record.startedAtMs).toISOString(),
        RedriveCount: redriveCount,
        ...(redrivenAtMs !== undefined && { RedriveTime: new Date(redrivenAtMs).toISOString() }),
      },
      StateMachine: { Id: record.stateMachineArn, Name: machine.name },
    },
  };
}
