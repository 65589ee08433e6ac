import type { Clock } from '../clock';
import type { ExecutionRecord, Machine } from './journal';
import { StateError } from './state-error';

/** One event of an execution, in the wire form of `GetExecutionHistory`: the timestamp is in epoch seconds. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/**
 * The most events a Standard execution may have; the one that would be more fails it. An Express execution has no limit.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_EVENTS = 25_000;

const ENDS = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/;

/**
 * Numbers the events of one execution and keeps those that are not yet in the store.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class History {
  #unsaved: HistoryEvent[] = [];

  /** `lastId` is the id of the newest event in the store, 0 for none; `onSaved` learns of each that gets there. */
  constructor(
    private readonly clock: Clock,
    public lastId: number,
    private readonly maxEvents: number,
    private readonly onSaved: (event: HistoryEvent) => void,
  ) {}

  /**
   * Adds an event and answers its id. `previousEventId` is the event before unless told.
   *
   * @throws {StateError} `States.Runtime` when the event would leave no room for the one that ends the execution
   */
  add(type: string, details: Record<string, unknown> = {}, previousEventId = this.lastId): number {
    if (this.lastId + 1 >= this.maxEvents && !ENDS.test(type)) {
      const cause = `The execution reached the maximum number of history events (${this.maxEvents}).`;
      throw new StateError('States.Runtime', cause);
    }
    this.lastId += 1;
    const event = { id: this.lastId, previousEventId, timestamp: this.clock.now() / 1000, type };
    this.#unsaved.push({ ...event, [detailsMember(type)]: details });
    return this.lastId;
  }

  /** Hands the events since the last call to `write`, which puts them into the store. */
  async save(write: (events: HistoryEvent[]) => Promise<void>): Promise<void> {
    const events = this.#unsaved;
    this.#unsaved = [];
    await write(events);
    for (const event of events) this.onSaved(event);
  }
}

/** The member of an event that holds its details: events of entering and leaving share one for all types of states. */
function detailsMember(type: string): `${string}EventDetails` {
  const name = type.replace(/^\w+State(Entered|Exited)$/, 'State$1');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`;
}

/** Takes one document that an execution logs. `logGroupArn` ends in `:*`, as the template has it. */
export type OnExecutionLog = (logGroupArn: string, document: Record<string, unknown>) => void;

/** The events that the level ERROR logs. */
const ERRORS = /^(Execution(Aborted|Failed|TimedOut)|FailStateEntered|Task(Failed|TimedOut)|EvaluationFailed)$/;

/** The details that hold data of the execution: what went in, what came out, and what was made of them. */
const DATA: readonly string[] = ['input', 'output', 'parameters', 'assignedVariables'];

/**
 * Logs an event of an execution if its machine logs such events: a document with the instant in epoch milliseconds and without
 * the data of the execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html
 */
export function logEvent(
  event: HistoryEvent,
  { executionArn, redriveCount = 0 }: ExecutionRecord,
  { log }: Machine,
  onExecutionLog: OnExecutionLog,
): void {
  const isLogged = log !== undefined && (log.level === 'ALL' || ERRORS.test(event.type));
  if (!isLogged) return;
  const details = Object.entries(event[detailsMember(event.type)] ?? {}).filter(([name]) => !DATA.includes(name));
  onExecutionLog(log.groupArn, {
    id: String(event.id),
    type: event.type,
    details: Object.fromEntries(details),
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(Math.round(event.timestamp * 1000)),
    execution_arn: executionArn,
    redrive_count: String(redriveCount),
  });
}
