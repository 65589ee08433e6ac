import { findEnv } from '../env';
import { AppError } from '../errors/app-error';
import { currentIds } from './tracing';
import { writeLine } from './write-line';

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
  /** A circuit's name. */
  readonly circuit?: string;
  /** What a job did, by kind. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly error?: unknown;
}

/**
 * Writes one line of JSON to the function's log, with the trace that it is in and the business process, if that is known. Of an
 * error, its name, message, stack and causes are written; a refusal, a 4xx, has no stack.
 */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
  const { error, ...rest } = fields;
  writeLine(level, {
    message,
    function: findEnv('AWS_LAMBDA_FUNCTION_NAME'),
    ...currentIds(),
    ...rest,
    ...(error !== undefined && { error: describe(error) }),
  });
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  // Where a refusal was thrown says nothing that its name does not, and most of what is logged would be such stacks.
  const isRefusal = error instanceof AppError && error.status < 500;
  return { name, message, ...(!isRefusal && { stack }), ...(cause !== undefined && { cause: describe(cause) }) };
}
