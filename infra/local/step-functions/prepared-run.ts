import type { Clock } from '../clock';
import { parseDefinition } from './definition';
import { executionLogger } from './execution-log';
import type { ExecutionRun } from './execution-run';
import type { ExecutionSources, ExecutionStart, Machine } from './executions';
import { History, MAX_EVENTS, redrivenDetails, startedDetails } from './history';
import type { ExecutionRecord, Position, Revision } from './journal';
import { redrivePosition } from './redrive';

/** An execution that is ready to run once its beginning is durable. */
export type PreparedRun = Omit<ExecutionRun, 'interruption'>;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
const MAX_EXPRESS_MS = 5 * 60 * 1000;

/** The journal of an execution that is lost with the process. */
const NO_JOURNAL = { advance: async () => {}, end: async () => {} };

/** The record of an execution that starts now; `sequence` orders those of one millisecond. */
export function newRecord(machine: Machine, start: ExecutionStart, clock: Clock, sequence: number): ExecutionRecord {
  return {
    ...start,
    stateMachineArn: machine.stateMachineArn,
    machineName: machine.name,
    status: 'RUNNING',
    startedAtMs: clock.now(),
    sequence,
    revision: machine.revision,
  };
}

/** Prepares a new execution. */
export function beginRun(sources: ExecutionSources, machine: Machine, record: ExecutionRecord): PreparedRun {
  const isExpress = machine.type === 'EXPRESS';
  const history = historyOf(sources, record, machine, 0, isExpress ? Number.POSITIVE_INFINITY : MAX_EVENTS);
  history.add('ExecutionStarted', startedDetails(record.input, machine.roleArn));
  const position: Position = {
    stateName: machine.parsed.StartAt,
    input: JSON.parse(record.input),
    variables: {},
    retries: [],
    lastEventId: history.lastId,
  };
  const run = { record, revision: machine, definition: machine.parsed, history, position };
  return isExpress
    ? { ...run, sources: { ...sources, journal: NO_JOURNAL }, maxOpenMs: MAX_EXPRESS_MS }
    : { ...run, sources, maxOpenMs: Number.POSITIVE_INFINITY };
}

/** Prepares an execution of the journal to go on from a position. */
export function continueRun(
  sources: ExecutionSources,
  record: ExecutionRecord,
  revision: Revision | undefined,
  position: Position,
): PreparedRun {
  if (revision === undefined) throw new Error(`the journal lacks the definition of ${record.executionArn}`);
  const definition = parseDefinition(revision.name, revision.definition);
  const history = historyOf(sources, record, revision, position.lastEventId, MAX_EVENTS);
  return { record, revision, definition, history, position, sources, maxOpenMs: Number.POSITIVE_INFINITY };
}

/** Prepares an execution to go on after its end, which was at the position `last`. */
export function redriveRun(
  sources: ExecutionSources,
  record: ExecutionRecord,
  revision: Revision | undefined,
  last: Position | undefined,
): PreparedRun {
  if (last === undefined) throw new Error(`the journal lacks the last position of ${record.executionArn}`);
  const run = continueRun(sources, record, revision, last);
  run.history.add('ExecutionRedriven', redrivenDetails(record.redriveCount ?? 0));
  const stateType = run.definition.States[last.stateName]?.Type;
  return { ...run, position: { ...redrivePosition(last, stateType), lastEventId: run.history.lastId } };
}

function historyOf(
  { clock, onExecutionLog }: ExecutionSources,
  record: ExecutionRecord,
  { logging }: Revision,
  lastEventId: number,
  maxEvents: number,
): History {
  return new History(clock, lastEventId, maxEvents, executionLogger(logging, record, onExecutionLog));
}
