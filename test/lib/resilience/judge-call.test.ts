import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { checkOptions } from '../../../lib/circuit-breaker/options';
import { DeadlineError } from '../../../lib/resilience/deadline';
import { judgeCall } from '../../../lib/resilience/judge-call';
import { TimeoutError } from '../../../lib/resilience/timeout';

describe('what the end of a call says about the party', () => {
  it.each([
    ['an answer', { value: undefined }, 'success'],
    ['an error', { error: new Error('boom') }, 'failure'],
    ['something thrown that is no error', { error: undefined }, 'failure'],
    ['no answer in its own time', { error: new TimeoutError(5_000, false) }, 'failure'],
    ['no answer in what the request had left for it', { error: new TimeoutError(3, true) }, 'ignored'],
    ['a call for which no time was left', { error: new DeadlineError(0) }, 'ignored'],
    ['a call that another circuit has refused', { error: new CircuitOpenError('other', 'open') }, 'ignored'],
  ] as const)('of %s: %j is a %s', (_, settled, verdict) => {
    expect(judgeCall(settled)).toBe(verdict);
  });

  it('can be told to a circuit', () => {
    expect(checkOptions({ judge: judgeCall }).judge).toBe(judgeCall);
  });
});
