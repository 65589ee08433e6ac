import type { Definition } from './definition';
import type { ExecutionSources } from './executions';
import { failureFields, type History } from './history';
import { type Cursor, interpret, type Outcome, type Ports } from './interpreter';
import { alarmAt, Interrupted, type Interruption } from './interruption';
import type { ExecutionRecord, Journal, Revision } from './journal';
import { stateErrors } from './state-error';

/** Why an execution takes no further step. */
export type EndReason =
  | { kind: 'stopped'; error: string | undefined; cause: string | undefined }
  | { kind: 'timedOut' }
  | { kind: 'closed' };

/** An execution with all it needs to go on from its position. */
export interface ExecutionRun extends Cursor {
  record: ExecutionRecord;
  definition: Definition;
  revision: Revision;
  history: History;
  interruption: Interruption<EndReason>;
  /** How long it may take all in all; `TimeoutSeconds` of the definition counts besides. */
  maxOpenMs: number;
  sources: Omit<ExecutionSources, 'journal'> & { journal: Pick<Journal, 'advance' | 'end'> };
}

/**
 * Carries an execution to its end and writes that end down; the record is changed to it once it is durable. When the
 * room closes first, the execution stays as the store has it.
 */
export async function runToEnd(run: ExecutionRun): Promise<void> {
  const { record, definition, history, interruption, sources } = run;
  const { journal, clock } = sources;
  const limitMs = Math.min((definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000, run.maxOpenMs);
  const timeOut = () => interruption.interrupt({ kind: 'timedOut' });
  // A redrive sets the time limit back.
  const openedAtMs = record.redrivenAtMs ?? record.startedAtMs;
  const cancelTimeout = Number.isFinite(limitMs) ? alarmAt(clock, openedAtMs + limitMs, timeOut) : () => {};
  try {
    const end = await endOf(run);
    if (end === undefined) return;
    const ended: ExecutionRecord = { ...record, ...end, stoppedAtMs: clock.now(), eventCount: history.lastId };
    const last = end.status === 'SUCCEEDED' ? undefined : { ...run.position, lastEventId: history.lastId };
    await history.save((events) => journal.end(ended, events, last));
    Object.assign(record, ended);
  } finally {
    cancelTimeout();
  }
}

async function endOf(run: ExecutionRun): Promise<Outcome | Pick<ExecutionRecord, 'status'> | undefined> {
  const { definition, history, interruption } = run;
  try {
    return await interpret(definition, run, portsOf(run));
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    const reason = interruption.reason as EndReason;
    if (reason.kind === 'closed') return undefined;
    if (reason.kind === 'timedOut') {
      // Step Functions links this event and the one below to none, and names the error here only.
      history.addLast('ExecutionTimedOut', { executionTimedOutEventDetails: { error: stateErrors.timeout } }, 0);
      return { status: 'TIMED_OUT' };
    }
    const fields = failureFields(reason.error, reason.cause);
    history.addLast('ExecutionAborted', { executionAbortedEventDetails: fields }, 0);
    return { status: 'ABORTED', ...fields };
  }
}

function portsOf({ record, revision, history, interruption, sources }: ExecutionRun): Ports {
  const { journal } = sources;
  return {
    ...sources,
    runTask: (taskArguments) =>
      sources.runTask(taskArguments, { roleArn: revision.roleArn, executionArn: record.executionArn }),
    history,
    interruption,
    async save(position) {
      interruption.check();
      position.lastEventId = history.lastId;
      // A copy, because the store may keep what it is given, and the interpreter goes on changing its own. Not cut short
      // by an interruption: the write of the end must come after this one.
      await history.save((events) => journal.advance(record, { ...position }, events));
    },
    context: {
      Execution: {
        Id: record.executionArn,
        Input: JSON.parse(record.input),
        Name: record.name,
        RoleArn: revision.roleArn,
        StartTime: new Date(record.startedAtMs).toISOString(),
        RedriveCount: record.redriveCount ?? 0,
        ...(record.redrivenAtMs !== undefined && { RedriveTime: new Date(record.redrivenAtMs).toISOString() }),
      },
      StateMachine: { Id: record.stateMachineArn, Name: record.machineName },
    },
  };
}
