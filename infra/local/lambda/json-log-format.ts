import type { FormattedLine, InvocationReport, LogFormat, LogMoment } from './log-format';
import { platformLine, TIMED_OUT } from './log-format';
import type { PrintedLine } from './protocol';

/** From the most detailed on. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** The levels of the JSON format: lines below them are not written. */
export interface JsonLogLevels {
  readonly application: (typeof LEVELS)[number];
  /** For the lines of Lambda itself. */
  readonly system: 'DEBUG' | 'INFO' | 'WARN';
}

/** @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Lambda's JSON format. Lambda's own lines are `platform.start` (INFO), `platform.runtimeDone` (DEBUG) and `platform.report`
 * (INFO); the last two are WARN when the invocation timed out or its environment crashed. A handler that throws is no failure
 * to Lambda: the runtime answers with the error, and logs it. The peak of the memory, the traces and the lines of a start
 * are not in it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html#monitoring-cloudwatchlogs-log-level-mapping
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 * @see https://github.com/aws-samples/aws-lambda-extensions/issues/85 (the status after a handler has thrown)
 */
export function jsonLogFormat(levels: JsonLogLevels): LogFormat {
  const isWritten = (level: string, least: string) => rankOf(level) >= rankOf(least);
  const system = (level: JsonLogLevels['system'], { time }: LogMoment, type: string, record: object) =>
    isWritten(level, levels.system) ? [platformLine(JSON.stringify({ time, type, record }))] : [];
  const print = (moment: LogMoment, printed: PrintedLine) =>
    isWritten(printed.level ?? levelIn(printed.text), levels.application) ? [applicationLine(moment, printed)] : [];

  return {
    start: (moment, version) => system('INFO', moment, 'platform.start', { requestId: moment.requestId, version }),
    print,
    end: (moment, report) => {
      const { requestId } = moment;
      const outcome = outcomeOf(report);
      const isSuccess = outcome.status === 'success';
      const { durationMs, billedMs: billedDurationMs, memoryMb: memorySizeMB, initMs: initDurationMs } = report;
      const producedBytes = report.failure ? 0 : Buffer.byteLength(report.payload);
      const done = { requestId, ...outcome, metrics: { durationMs, producedBytes } };
      const metrics = { durationMs, billedDurationMs, memorySizeMB, initDurationMs };
      return [
        ...errorsOf(report).flatMap((error) => print(moment, error)),
        ...system(isSuccess ? 'DEBUG' : 'WARN', moment, 'platform.runtimeDone', done),
        ...system(isSuccess ? 'INFO' : 'WARN', moment, 'platform.report', { requestId, metrics, ...outcome }),
      ];
    },
  };
}

function rankOf(level: string): number {
  return (LEVELS as readonly string[]).indexOf(level);
}

/**
 * The level of a line that was written straight to stdout or stderr: what a document says that has a valid timestamp, INFO
 * for anything else.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
function levelIn(text: string): string {
  if (!text.startsWith('{')) return 'INFO';
  try {
    const { level, timestamp } = JSON.parse(text) as Record<string, unknown>;
    const named = String(level).toUpperCase();
    return rankOf(named) >= 0 && TIMESTAMP.test(String(timestamp)) ? named : 'INFO';
  } catch {
    return 'INFO';
  }
}

/** A line of the console is a document of the runtime around what was printed; any other line stays what it is. */
function applicationLine({ time, requestId }: LogMoment, { level, text, body = '{}' }: PrintedLine): FormattedLine {
  if (level === undefined) return { source: 'function', level, text, message: text };
  const head = JSON.stringify({ timestamp: time, level, requestId });
  const message = body === '{}' ? head : `${head.slice(0, -1)},${body.slice(1)}`;
  return { source: 'function', level, text, message };
}

function outcomeOf({ failure }: InvocationReport): { readonly status: string; readonly errorType?: string } {
  if (!failure?.isFatal) return { status: 'success' };
  const { errorType } = failure.error;
  return errorType === TIMED_OUT ? { status: 'timeout' } : { status: 'error', errorType };
}

/** What the runtime logs of a failure. Of a death that it did not live to see it logs nothing. */
function errorsOf({ failure, payload }: InvocationReport): PrintedLine[] {
  if (failure === undefined) return [];
  const { errorType, errorMessage, trace } = failure.error;
  if (failure.isFatal && trace === undefined) return [];
  const body = JSON.stringify({ message: { errorType, errorMessage, stackTrace: trace } });
  return [{ level: 'ERROR', text: payload, body }];
}
