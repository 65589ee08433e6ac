import type { FunctionErrorPayload } from '../protocol';

/** A failure that AWS's Node.js runtime names itself, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The payload a caller gets for what a function threw, which need not be an `Error`. */
export function toErrorPayload(thrown: unknown): FunctionErrorPayload {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}
