import { STATUS_CODES } from 'node:http';
import { AppError, type FieldError } from '../errors/app-error';

/** An error as the API answers it. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly traceId: string;
  readonly errors?: readonly FieldError[];
}

/** The error as a problem. What is not an {@link AppError} tells the client nothing: 500, `INTERNAL_ERROR`. */
export function toProblem(error: unknown, traceId: string): Problem {
  const known = error instanceof AppError ? error : undefined;
  const status = known?.status ?? 500;
  const code = known?.code ?? 'INTERNAL_ERROR';
  return {
    type: problemType(code),
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: known?.message ?? 'something went wrong on our side; the trace id finds it in our logs',
    code,
    traceId,
    ...(known?.errors && { errors: known.errors }),
  };
}

/** The URI that names the kind of problem. It is a name, and need not be an address. */
export function problemType(code: string): string {
  return `urn:holdfast:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}
