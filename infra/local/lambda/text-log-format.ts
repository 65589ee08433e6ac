import type { FormattedLine, InvocationReport, LogFormat, LogMoment } from './log-format';
import { platformLine, TIMED_OUT } from './log-format';
import type { PrintedLine } from './protocol';

/**
 * Lambda's text format, the default: lines of the console begin with time, request id and level.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const textLogFormat: LogFormat = {
  start: ({ requestId }, version) => [platformLine(`START RequestId: ${requestId} Version: ${version}`)],
  print,
  end: (moment, report) => [
    ...failureLines(moment, report),
    platformLine(`END RequestId: ${moment.requestId}`),
    platformLine(reportText(moment, report)),
  ],
};

function print({ time, requestId }: LogMoment, { level, text }: PrintedLine): FormattedLine[] {
  // A structured logger writes whole documents, which the runtime must not spoil with a prefix.
  const prefix = level === undefined ? '' : `${time}\t${requestId}\t${level}\t`;
  return [{ source: 'function', level, text, message: prefix + text }];
}

function failureLines(moment: LogMoment, { failure, payload }: InvocationReport): FormattedLine[] {
  if (failure === undefined) return [];
  const { errorType, errorMessage } = failure.error;
  if (errorType !== TIMED_OUT) return print(moment, { level: 'ERROR', text: `Invoke Error\t${payload}` });
  return [platformLine(`${moment.time} ${moment.requestId} ${errorMessage.replace(/^.* Error: /, '')}`)];
}

function reportText({ requestId }: LogMoment, { durationMs, billedMs, memoryMb, initMs }: InvocationReport): string {
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
  ];
  return parts.join('\t');
}
