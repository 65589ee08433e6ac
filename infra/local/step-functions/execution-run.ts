import type { Definition } from './definition';
import type { ExecutionSources } from './executions';
import { failureFields, type History } from './history';
import { interpret, type Outcome, type Ports } from './interpreter';
import { alarmAt, Interrupted, type Interruption } from './interruption';
import type { ExecutionRecord, Position, Revision } from './journal';

/** Why an execution takes no further step. */
export type EndReason =
  | { kind: 'stopped'; error: string | undefined; cause: string | undefined }
  | { kind: 'timedOut' }
  | { kind: 'closed' };

/** An execution with all it needs to go on from its position. */
export interface ExecutionRun {
  record: ExecutionRecord;
  definition: Definition;
  revision: Revision;
  position: Position;
  history: History;
  interruption: Interruption<EndReason>;
  sources: ExecutionSources;
}

/**
 * Carries an execution to its end and writes that end down; the record is changed to it once it is durable. When the
 * room closes first, the execution stays as the store has it.
 */
export async function runToEnd(run: ExecutionRun): Promise<void> {
  const { record, definition, history, interruption, sources } = run;
  const { journal, clock } = sources;
  const limitMs = (definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const timeOut = () => interruption.interrupt({ kind: 'timedOut' });
  const cancelTimeout = Number.isFinite(limitMs) ? alarmAt(clock, record.startedAtMs + limitMs, timeOut) : () => {};
  try {
    const end = await endOf(run);
    if (end === undefined) return;
    const ended: ExecutionRecord = { ...record, ...end, stoppedAtMs: clock.now() };
    await journal.end(ended, history.takeUnsaved());
    Object.assign(record, ended);
  } finally {
    cancelTimeout();
  }
}

async function endOf(run: ExecutionRun): Promise<Outcome | Pick<ExecutionRecord, 'status'> | undefined> {
  const { definition, position, history, interruption } = run;
  try {
    return await interpret(definition, position, portsOf(run));
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    const reason = interruption.reason as EndReason;
    if (reason.kind === 'closed') return undefined;
    if (reason.kind === 'timedOut') {
      history.addLast('ExecutionTimedOut', { executionTimedOutEventDetails: {} });
      return { status: 'TIMED_OUT' };
    }
    const fields = failureFields(reason.error, reason.cause);
    // Step Functions links this event to none.
    history.addLast('ExecutionAborted', { executionAbortedEventDetails: fields }, 0);
    return { status: 'ABORTED', ...fields };
  }
}

function portsOf({ record, revision, history, interruption, sources }: ExecutionRun): Ports {
  const { journal } = sources;
  return {
    ...sources,
    history,
    interruption,
    async save(position) {
      interruption.check();
      position.lastEventId = history.lastId;
      // A copy, because the store may keep what it is given, and the interpreter goes on changing its own. Not cut short
      // by an interruption: the write of the end must come after this one.
      await journal.advance(record, { ...position }, history.takeUnsaved());
    },
    context: {
      Execution: {
        Id: record.executionArn,
        Input: JSON.parse(record.input),
        Name: record.name,
        RoleArn: revision.roleArn,
        StartTime: new Date(record.startedAtMs).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: record.stateMachineArn, Name: record.machineName },
    },
  };
}
