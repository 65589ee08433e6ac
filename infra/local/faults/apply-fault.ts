import { AwsError } from '../aws-error';
import { type Clock, sleep } from '../clock';
import type { Strike } from './faults';

/** How a fault changes the work itself. */
export interface RunOptions {
  /** The worker dies at this call of its own to the cloud, counted from 1. */
  readonly crashAfterCalls?: number;
}

/** How a call fails here. */
export interface FaultForms<T> {
  /** As the service says that it failed. */
  error(): Error;
  /** As the service says that there were too many requests. */
  throttle(): Error;
  /** What becomes of a caller whose reply never comes; `delayMs` is the fault's, if it has one. */
  timeout(delayMs: number | undefined): Promise<T>;
}

/**
 * Runs a call as the strike wants it: not at all, late, twice, or with its reply lost. A call that is not struck just runs.
 * What the call came to is nobody's business once its reply is lost, except that a defect, any error but an `AwsError`, is
 * thrown all the same.
 *
 * @throws {Error} what the fault's form says, or what the call itself throws.
 */
export async function applyFault<T>(
  strike: Strike | undefined,
  run: (options?: RunOptions) => Promise<T>,
  forms: FaultForms<T>,
  clock: Clock,
): Promise<T> {
  if (strike === undefined) return run();
  const { kind, delayMs, crashAfterCalls = 1 } = strike;
  if (kind === 'error-before') throw forms.error();
  if (kind === 'throttle') throw forms.throttle();
  if (kind === 'crash') return run({ crashAfterCalls });
  if (kind === 'delay') {
    await sleep(clock, delayMs ?? 0);
    return run();
  }
  await run().catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
  });
  if (kind === 'duplicate') return run();
  if (kind === 'timeout-after') return forms.timeout(delayMs);
  throw forms.error();
}
