import { findEnv } from '../env';
import { AppError } from '../errors/app-error';
import { currentIds } from './tracing';

/**
 * What may be logged: ids, names and numbers. There is no field for a body, a token, an address or a name of a person, so
 * none can be logged by mistake.
 */
export interface LogFields {
  readonly orderId?: string;
  readonly sagaId?: string;
  readonly step?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  /** Why a message can never be taken: places and kinds, and nothing of its content. */
  readonly reason?: string;
  readonly code?: string;
  readonly status?: number;
  readonly attempt?: number;
  readonly durationMs?: number;
  readonly operation?: string;
  /** What a job did, by kind. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly error?: unknown;
}

/**
 * Writes one line of JSON to the function's log, with the trace that it is in and the business process, if that is known. Of an
 * error, its name, message, stack and causes are written; a refusal, a 4xx, has no stack.
 *
 * In Lambda's JSON format the line goes straight to stdout: the runtime's console would put it, escaped, into a document of its
 * own. Lambda keeps such a line as it is, and takes its level only if it has a `timestamp` too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/LogPatch.js
 */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
  const { error, ...rest } = fields;
  const line = {
    level,
    message,
    function: findEnv('AWS_LAMBDA_FUNCTION_NAME'),
    ...currentIds(),
    ...rest,
    ...(error !== undefined && { error: describe(error) }),
  };
  if (findEnv('AWS_LAMBDA_LOG_FORMAT') === 'JSON') {
    process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), ...line })}\n`);
  } else console[level](JSON.stringify(line));
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  // Where a refusal was thrown says nothing that its name does not, and most of what is logged would be such stacks.
  const isRefusal = error instanceof AppError && error.status < 500;
  return { name, message, ...(!isRefusal && { stack }), ...(cause !== undefined && { cause: describe(cause) }) };
}
