import { holdfast, localOnly } from './holdfast-contender';
import { knownScenarios } from './known-scenarios';
import type { Outcome } from './outcome';
import type { Scenario } from './scenario';
import { findLosses, judgeTargets } from './targets';

const GOOD: Outcome = {
  readsPerMillion: 50_000,
  writesPerMillion: 10_000,
  dollarsPerMillion: 0.01,
  dollarsPerMillionInAll: 0.02,
  waitingMs: 0.3,
  openedAfterS: 2,
  deadCalls: 400,
  deadCallsUnprotected: 12_000,
  probesAtOnce: 1,
  recoveredAfterS: 4,
  opened: 1,
  reopened: 6,
  closed: 1,
  falseOpens: 0,
  refusedWhileWell: 0,
  refusedShare: 0,
};

/** One scenario in which ours and instances that decide alone came to what is given. */
function results(own: Partial<Outcome>, alone: Partial<Outcome> = {}) {
  const scenario = knownScenarios[0] as Scenario;
  return [
    {
      scenario,
      isHeldOut: false,
      outcomes: [
        { contender: holdfast('ours'), outcome: { ...GOOD, ...own } },
        { contender: localOnly(), outcome: { ...GOOD, deadCalls: 3000, recoveredAfterS: 8, ...alone } },
      ],
    },
  ];
}

describe('the targets of the simulation', () => {
  it('are met by a run that is good', () => {
    const verdicts = judgeTargets(results({}), 'ours');

    expect(verdicts.map(({ isMet }) => isMet)).toEqual([true, true, true, true, true, true]);
  });

  it('name what a run misses', () => {
    const missed = judgeTargets(results({ dollarsPerMillion: 0.05, opened: 2 }), 'ours').filter(({ isMet }) => !isMet);

    expect(missed.map(({ what }) => what)).toEqual([
      'S1, dollars for a million calls: 0.05, at most 0.012',
      'S1, times that it opened: 2, at most 1',
    ]);
  });
});

describe('losses to instances that decide alone', () => {
  it('are what is worse by more than a third', () => {
    expect(findLosses(results({ deadCalls: 4000, recoveredAfterS: 11 }), 'ours')).toEqual([]);
    expect(findLosses(results({ deadCalls: 4100 }), 'ours')).toEqual([
      expect.stringContaining('4100 dead calls for 3000'),
    ]);
    expect(findLosses(results({ recoveredAfterS: Number.POSITIVE_INFINITY }), 'ours')).toEqual([
      expect.stringContaining('recovery never for 8.0 s'),
    ]);
    expect(findLosses(results({ falseOpens: 1 }), 'ours')).toEqual([expect.stringContaining('1 false opens for 0')]);
  });

  it('leave out the recovery of those who protected nothing', () => {
    expect(findLosses(results({}, { deadCalls: 11_000, recoveredAfterS: 0 }), 'ours')).toEqual([]);
  });
});
