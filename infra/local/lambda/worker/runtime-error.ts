import { types } from 'node:util';
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
  try {
    if (types.isNativeError(thrown) || thrown instanceof Error) {
      const { name, message, stack } = thrown as Error;
      return { errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    // A thrown object may have a getter or a toString that throws in its turn.
    return { errorType: 'handled', errorMessage: 'the thrown value could not be read', trace: [] };
  }
}
