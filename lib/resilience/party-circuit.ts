import type { CircuitOptions, Settled, Verdict } from '../circuit-breaker/options';
import type { PartyOutcome } from './outside-party';
import { TimeoutError } from './timeout';

/**
 * How the circuit to every outside party behaves. Five failures within half a minute open it, when four calls in five have failed: some
 * of what a party is asked always ends in a 5xx, and must not close the shop. A party that is called seldom shows itself in half a minute
 * as well as a busy one in a second.
 *
 * A call waits for a look at the store when what its instance knows is older than five seconds: functions that are called seldom
 * would each have to find out for themselves, and what an operator sets holds within that time. A probe has a second more than the time
 * limit of a call, {@link CALL_TIMEOUT_MS}, for the write that comes before it.
 */
export const PARTY_CIRCUIT = {
  failureThreshold: 5,
  failureRate: 0.8,
  windowSeconds: 30,
  maxViewAgeSeconds: 5,
  probeLeaseSeconds: 6,
  judge: judgeParty,
} satisfies CircuitOptions;

/**
 * What the end of a call says about the party. A refusal, whatever it refuses, is the answer of one that is well; only "too many
 * requests" asks to be left alone. What is thrown comes from our side, such as a secret that cannot be read, but for the time that
 * is over.
 */
export function judgeParty(settled: Settled): Verdict {
  if ('error' in settled) return settled.error instanceof TimeoutError ? 'failure' : 'ignored';
  const outcome = settled.value as PartyOutcome;
  return outcome.kind === 'unknown' || outcome.status === 429 ? 'failure' : 'success';
}
