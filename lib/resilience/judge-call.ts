import { TimeoutError } from './timeout';
import { isUnsent } from './unsent';

/**
 * What the end of a call under a policy says about the party: the `judge` for the policy's circuit. A failure is whatever was thrown, but
 * for what the party has no part in: a call that was refused before it was sent, and one whose limit the request's own deadline cut short.
 */
export function judgeCall(
  settled: { readonly value: unknown } | { readonly error: unknown },
): 'success' | 'failure' | 'ignored' {
  if (!('error' in settled)) return 'success';
  const { error } = settled;
  const isOurs = isUnsent(error) || (error instanceof TimeoutError && error.isCutShort);
  return isOurs ? 'ignored' : 'failure';
}
