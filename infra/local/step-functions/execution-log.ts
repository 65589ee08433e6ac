import { type HistoryEvent, withoutData } from './history';
import type { ExecutionRecord } from './journal';

/** Which events of a machine's executions are logged, and where; in the wire form of the API. */
export interface LoggingConfiguration {
  level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  /** Whether what the states take in and give out is logged too. */
  includeExecutionData: boolean;
  /** At most one; needed unless the level is OFF. */
  destinations?: ReadonlyArray<{ cloudWatchLogsLogGroup: { logGroupArn: string } }>;
}

export const NO_LOGGING: LoggingConfiguration = { level: 'OFF', includeExecutionData: false };

/** Takes one document that an execution logs. `logGroupArn` ends in `:*`, as the template has it. */
export type OnExecutionLog = (logGroupArn: string, document: Record<string, unknown>) => void;

/** The event types that each level logs. */
const TYPES_OF_LEVEL: Record<LoggingConfiguration['level'], RegExp> = {
  ALL: /./,
  ERROR: /^(Execution(Aborted|Failed|TimedOut)|FailStateEntered|Task(Failed|TimedOut)|EvaluationFailed)$/,
  FATAL: /^Execution(Aborted|Failed|TimedOut)$/,
  OFF: /(?!)/,
};

/**
 * Makes the function that logs the events of one execution, each as a document with the instant in epoch milliseconds.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function executionLogger(
  logging: LoggingConfiguration,
  record: ExecutionRecord,
  onExecutionLog: OnExecutionLog,
): (event: HistoryEvent) => void {
  const logGroupArn = logging.destinations?.[0]?.cloudWatchLogsLogGroup.logGroupArn;
  if (logGroupArn === undefined || logging.level === 'OFF') return () => {};
  return (event) => {
    if (!TYPES_OF_LEVEL[logging.level].test(event.type)) return;
    const shown = logging.includeExecutionData ? event : withoutData(event);
    onExecutionLog(logGroupArn, {
      id: String(event.id),
      type: event.type,
      details: Object.entries(shown).find(([member]) => member.endsWith('EventDetails'))?.[1] ?? {},
      previous_event_id: String(event.previousEventId),
      event_timestamp: String(Math.round(event.timestamp * 1000)),
      execution_arn: record.executionArn,
      redrive_count: String(record.redriveCount ?? 0),
    });
  };
}
