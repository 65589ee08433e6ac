import {
  ExecutionDoesNotExist,
  type HistoryEvent,
  type HistoryEventType,
  paginateGetExecutionHistory,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { ServiceUnavailableError } from '../errors/request-errors';

/** One event of an execution, without what went in and out. */
export interface ExecutionEvent {
  /** Counts the events of one execution from 1. */
  readonly id: number;
  readonly type: HistoryEventType;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of the state, when the event enters or leaves one. */
  readonly name?: string;
  /** Of a failure, where it is known. */
  readonly error?: string;
}

/** Reads the events of one standard execution, oldest first; none when it does not exist (any more). */
export type ReadExecutionHistory = (executionArn: string) => Promise<ExecutionEvent[]>;

/** Far more than a saga has with all its repeats. */
const MAX_EVENTS = 2_000;
const PAGE_SIZE = 1_000;

/**
 * Makes the reader of histories. Of a long one, the first 2,000 events are read. Step Functions forgets executions 90 days
 * after their end.
 *
 * @throws {ServiceUnavailableError} from the reader, when Step Functions does not answer or refuses.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export function openExecutionHistoryReader(): ReadExecutionHistory {
  const client = new SFNClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  return async (executionArn) => {
    const found: ExecutionEvent[] = [];
    try {
      for await (const { events = [] } of paginateGetExecutionHistory(
        { client, pageSize: PAGE_SIZE },
        { executionArn },
      )) {
        found.push(...events.map(toExecutionEvent));
        if (found.length >= MAX_EVENTS) break;
      }
    } catch (error) {
      if (!(error instanceof ExecutionDoesNotExist)) throw new ServiceUnavailableError('Step Functions', error);
    }
    return found.slice(0, MAX_EVENTS);
  };
}

/** An event has its details in the one member that its type has, such as `taskFailedEventDetails`. */
function toExecutionEvent(event: HistoryEvent): ExecutionEvent {
  const { id = 0, type, timestamp } = event;
  if (type === undefined || timestamp === undefined)
    throw new Error(`event ${id} of a history has no type or timestamp`);
  const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1];
  return { id, type, at: timestamp.getTime(), ...pickDetails(details) };
}

/** What of an event's details is looked at. */
export function pickDetails(details: unknown): Pick<ExecutionEvent, 'name' | 'error'> {
  const { name, error } = (details ?? {}) as { name?: unknown; error?: unknown };
  return { ...(typeof name === 'string' && { name }), ...(typeof error === 'string' && { error }) };
}
