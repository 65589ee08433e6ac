import type { FunctionErrorPayload } from './protocol';

/** How an invocation ended, as the room saw it from outside the execution environment. */
export type Outcome =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionErrorPayload }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed' }
  | { readonly kind: 'never-settled' }
  | { readonly kind: 'out-of-memory' };

/**
 * The largest answer of a function in bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_RESPONSE_BYTES = 6_291_556;

/** What the caller gets for an outcome: the answer, or the error document that AWS gives for each way of failing. */
export function toPayload(
  outcome: Outcome,
  about: FailedInvocation,
): { payload: string; error?: FunctionErrorPayload } {
  if (outcome.kind === 'answered' && Buffer.byteLength(outcome.payload) <= MAX_RESPONSE_BYTES) {
    return { payload: outcome.payload };
  }
  const error = toError(outcome, about);
  return { payload: JSON.stringify(error), error };
}

/** What the documents about failures tell of the invocation. */
export interface FailedInvocation {
  readonly requestId: string;
  readonly timeoutSeconds: number;
}

function toError(outcome: Outcome, { requestId, timeoutSeconds }: FailedInvocation): FunctionErrorPayload {
  const about = (message: string) => `RequestId: ${requestId} Error: ${message}`;
  switch (outcome.kind) {
    case 'answered':
      return {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
      };
    case 'failed':
      return outcome.error;
    case 'timed-out':
      return {
        errorType: 'Sandbox.Timedout',
        errorMessage: about(`Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
      };
    case 'exited': {
      const reason = outcome.code === 0 ? 'without providing a reason' : `with error: exit status ${outcome.code}`;
      return { errorType: 'Runtime.ExitError', errorMessage: about(`Runtime exited ${reason}`) };
    }
    case 'killed':
      return { errorType: 'Runtime.ExitError', errorMessage: about('Runtime exited with error: signal: killed') };
    case 'never-settled':
      return {
        errorType: 'Runtime.NodeJsExit',
        errorMessage: about('the event loop is empty and the promise of the handler was never settled'),
      };
    case 'out-of-memory':
      return { errorType: 'Runtime.OutOfMemory', errorMessage: about('Runtime exited with error: signal: killed') };
  }
}
