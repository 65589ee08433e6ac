import { openQuotaCounters, type Quota } from '../../../../infra/local/api-gateway/quota';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';

/** How many of `count` requests at once are within the quota. */
async function counted(
  takeOne: ReturnType<typeof openQuotaCounters>,
  quota: Quota,
  count: number,
  client = 'plan/key',
): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, () => takeOne(client, quota)));
  return results.filter(Boolean).length;
}

describe('a quota', () => {
  // Source: "QuotaSettings" of the API reference: a week begins on a Sunday. 2026-11-24 is a Tuesday.
  it.each<[Quota['period'], string, string, boolean]>([
    ['DAY', '2026-11-24T00:00:00.000Z', '2026-11-24T23:59:59.999Z', false],
    ['DAY', '2026-11-24T23:59:59.999Z', '2026-11-25T00:00:00.000Z', true],
    ['WEEK', '2026-11-22T00:00:00.000Z', '2026-11-28T23:59:59.999Z', false],
    ['WEEK', '2026-11-28T23:59:59.999Z', '2026-11-29T00:00:00.000Z', true],
    ['MONTH', '2026-11-01T00:00:00.000Z', '2026-11-30T23:59:59.999Z', false],
    ['MONTH', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', true],
  ])('for a %s, used up at %s, is whole again at %s: %s', async (period, first, later, isWhole) => {
    const clock = manualClock(Date.parse(first));
    const takeOne = openQuotaCounters(memoryStore(), clock);

    const before = await counted(takeOne, { limit: 2, period }, 3);
    await clock.advance(Date.parse(later) - Date.parse(first));
    const after = await counted(takeOne, { limit: 2, period }, 3);

    expect([before, after]).toEqual([2, isWhole ? 2 : 0]);
  });

  it('is counted for each client by itself', async () => {
    const takeOne = openQuotaCounters(memoryStore(), manualClock(0));
    const quota = { limit: 2, period: 'DAY' } as const;

    const counts = [await counted(takeOne, quota, 3, 'gold/ann'), await counted(takeOne, quota, 3, 'gold/bob')];

    expect(counts).toEqual([2, 2]);
  });

  it('goes on where it was after a restart', async () => {
    const store = memoryStore();
    const quota = { limit: 3, period: 'MONTH' } as const;

    const before = await counted(openQuotaCounters(store, manualClock(0)), quota, 2);
    const after = await counted(openQuotaCounters(store, manualClock(1_000)), quota, 2);

    expect([before, after]).toEqual([2, 1]);
  });

  it('counts again after the store has failed', async () => {
    const store = memoryStore();
    const write = jest.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk full'));
    const takeOne = openQuotaCounters(store, manualClock(0));
    const quota = { limit: 1, period: 'DAY' } as const;

    await expect(takeOne('plan/key', quota)).rejects.toThrow('disk full');

    expect([await takeOne('plan/key', quota), await takeOne('plan/key', quota)]).toEqual([true, false]);
    expect(write).toHaveBeenCalledTimes(2);
  });
});
