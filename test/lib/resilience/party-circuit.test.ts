import type { Settled, Verdict } from '../../../lib/circuit-breaker/options';
import { checkOptions } from '../../../lib/circuit-breaker/options';
import { CALL_TIMEOUT_MS } from '../../../lib/resilience/outside-party';
import { judgeParty, PARTY_CIRCUIT } from '../../../lib/resilience/party-circuit';
import { TimeoutError } from '../../../lib/resilience/timeout';

describe('the circuit to a party', () => {
  const answered = (status: number) => ({ value: { kind: 'answered', status, body: undefined } });

  it.each<[string, Settled, Verdict]>([
    ['an answer', answered(200), 'success'],
    ['a refusal', answered(402), 'success'],
    ['nothing found', answered(404), 'success'],
    ['a secret that is refused', answered(401), 'success'],
    ['too many requests', answered(429), 'failure'],
    ['an outcome that is unknown', { value: { kind: 'unknown', why: 'answered 500' } }, 'failure'],
    ['no answer in time', { error: new TimeoutError(5_000, false) }, 'failure'],
    ['a secret that cannot be read', { error: new Error('the secret could not be read') }, 'ignored'],
    ['what is no error at all', { error: undefined }, 'ignored'],
  ])('takes %s for %j: %s', (_, settled, verdict) => {
    expect(judgeParty(settled)).toBe(verdict);
  });

  it('leaves a probe the time of a call, and a second for the write before it', () => {
    expect(checkOptions(PARTY_CIRCUIT)).toMatchObject({ failureThreshold: 5, failureRate: 0.8, windowMs: 30_000 });
    expect(PARTY_CIRCUIT.probeLeaseSeconds * 1000).toBe(CALL_TIMEOUT_MS + 1_000);
  });
});
