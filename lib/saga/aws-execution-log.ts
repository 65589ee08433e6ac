import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { findLogLines } from '../observability/aws-logs';
import { executionLogName } from '../service/names';
import { type ExecutionEvent, pickDetails } from './aws-execution-history';

/** Where the executions of one name are logged. */
export interface ExecutionLog {
  /** Of an express machine that logs at the level ALL to `/aws/vendedlogs/states/<name of the machine>`. */
  readonly stateMachineArn: string;
  readonly executionName: string;
  /** About when it was started, in epoch milliseconds; bounds the search, which is long in a busy log without it. */
  readonly startedAt?: number;
}

const MINUTE_MS = 60_000;
/** An express execution lasts five minutes at most; clocks differ, and a start may be late, or known by its end only. */
const WINDOW = { beforeMs: 6 * MINUTE_MS, afterMs: 8 * MINUTE_MS };

/**
 * Reads the events of every express execution of one name: there may be several, because names are not unique there and AWS may
 * start one twice. Step Functions keeps no history of them, but writes it to CloudWatch Logs, late by some seconds and without
 * a guarantee that it is complete. Input and output are not logged (`IncludeExecutionData: false`); the names of states and of
 * errors are.
 *
 * @throws {ServiceUnavailableError} when CloudWatch does not answer or refuses.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export async function readExecutionLog({
  stateMachineArn,
  executionName,
  startedAt,
}: ExecutionLog): Promise<ExecutionEvent[][]> {
  const machine = stateMachineArn.split(':').at(-1) ?? '';
  const lines = await findLogLines({
    logGroup: executionLogName(machine),
    // The ARN of an express execution ends in `express:<machine>:<name>:<unique id>`.
    phrase: `:express:${machine}:${executionName}:`,
    ...(startedAt !== undefined && {
      window: { startsAt: startedAt - WINDOW.beforeMs, endsAt: startedAt + WINDOW.afterMs },
    }),
  });
  return groupByExecution(lines.map((line) => JSON.parse(line) as LoggedEvent));
}

/** A document as Step Functions writes it: numbers are strings. */
interface LoggedEvent {
  readonly id: string;
  readonly type: HistoryEventType;
  readonly details?: unknown;
  readonly event_timestamp: string;
  readonly execution_arn: string;
}

/** In the order in which they began. A line that was delivered twice counts once. */
function groupByExecution(logged: readonly LoggedEvent[]): ExecutionEvent[][] {
  const executions = new Map<string, Map<string, ExecutionEvent>>();
  for (const { id, type, details, event_timestamp, execution_arn } of logged) {
    const events = executions.get(execution_arn) ?? new Map<string, ExecutionEvent>();
    executions.set(execution_arn, events);
    events.set(id, { id: Number(id), type, at: Number(event_timestamp), ...pickDetails(details) });
  }
  return [...executions.values()]
    .map((events) => [...events.values()].sort((a, b) => a.id - b.id))
    .sort(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0));
}
