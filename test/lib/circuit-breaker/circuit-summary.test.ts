import { type CircuitItem, REPORTERS, SLOTS } from '../../../lib/circuit-breaker/circuit-item';
import { summarize } from '../../../lib/circuit-breaker/circuit-summary';
import { bucketOf } from '../../../lib/circuit-breaker/window';

const NOW = 1_700_000_000_000;
const WINDOW_MS = 10_000;

const slots = new Array(SLOTS).fill(undefined);
slots[0] = { id: bucketOf(NOW, 1_000), calls: 9, failures: 6 };
const CLOSED: CircuitItem = {
  ...{ state: 'CLOSED', epoch: 4, until: 0, breaks: 0, leaseUntil: 0, fence: 0, probeSuccesses: 0 },
  ...{ slots, minutes: [undefined, undefined], reporters: new Array(REPORTERS).fill(undefined) },
};
const OPEN: CircuitItem = { ...CLOSED, state: 'OPEN', openedAt: NOW - 1_000, until: NOW + 1_000 };

const summary = (item: CircuitItem | undefined, now = NOW) => summarize(item, now, WINDOW_MS);

describe('the summary of a circuit', () => {
  it('is that it is closed, before there is anything to tell', () => {
    expect(summary(undefined)).toEqual({ state: 'CLOSED', mode: 'auto', failures: 0 });
  });

  it('counts the failures in the window, and forgets them after it', () => {
    expect(summary(CLOSED)).toEqual({ state: 'CLOSED', mode: 'auto', failures: 6 });
    expect(summary(CLOSED, NOW + 10_000)).toEqual({ state: 'CLOSED', mode: 'auto', failures: 0 });
  });

  it('says since when it is open, and when a probe may be sent', () => {
    const times = { openedAt: NOW - 1_000, retryAt: NOW + 1_000 };

    expect(summary(OPEN)).toEqual({ state: 'OPEN', mode: 'auto', failures: 6, ...times });
    expect(summary(OPEN, NOW + 999).state).toBe('OPEN');
  });

  it('is half-open from the moment in which a probe may be sent', () => {
    expect(summary(OPEN, NOW + 1_000)).toMatchObject({ state: 'HALF_OPEN', retryAt: NOW + 1_000 });
  });

  it('is what an operator has decided, whatever the circuit would have been', () => {
    expect(summary({ ...OPEN, mode: 'forced-closed' })).toEqual({
      state: 'CLOSED',
      mode: 'forced-closed',
      failures: 6,
    });
    expect(summary({ ...CLOSED, mode: 'isolated' })).toEqual({ state: 'OPEN', mode: 'isolated', failures: 6 });
    expect(summary({ ...OPEN, mode: 'isolated' }, NOW + 60_000)).toMatchObject({ state: 'OPEN', mode: 'isolated' });
  });

  it('awaits no probe while an operator keeps it open', () => {
    expect(summary({ ...OPEN, mode: 'isolated' })).not.toHaveProperty('retryAt');
  });
});
