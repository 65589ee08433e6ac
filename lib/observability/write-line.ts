import { findEnv } from '../env';

/**
 * Writes one line of JSON to the function's log.
 *
 * In Lambda's JSON format the line goes straight to stdout: the runtime's console would put it, escaped, into a document of its
 * own. Lambda keeps such a line as it is, and takes its level only if it has a `timestamp` too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/LogPatch.js
 */
export function writeLine(level: 'info' | 'warn' | 'error', line: object): void {
  if (findEnv('AWS_LAMBDA_LOG_FORMAT') === 'JSON') {
    process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, ...line })}\n`);
  } else console[level](JSON.stringify({ level, ...line }));
}
