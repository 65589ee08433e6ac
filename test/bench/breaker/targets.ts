import type { ScenarioResult } from './breaker-bench';
import type { Outcome } from './outcome';

/** What our circuits should come to in a scenario of a name. */
const TARGETS: readonly {
  readonly scenario: string;
  readonly what: string;
  readonly figure: keyof Outcome;
  readonly most: number;
}[] = [
  { scenario: 'S1', what: 'dollars for a million calls', figure: 'dollarsPerMillion', most: 0.012 },
  { scenario: 'S1', what: 'seconds until it opens', figure: 'openedAfterS', most: 2.5 },
  { scenario: 'S1', what: 'probes at once', figure: 'probesAtOnce', most: 1 },
  { scenario: 'S1', what: 'seconds until it has recovered', figure: 'recoveredAfterS', most: 6 },
  { scenario: 'S1', what: 'times that it opened', figure: 'opened', most: 1 },
  { scenario: 'S1', what: 'times that it closed', figure: 'closed', most: 1 },
  { scenario: 'S5', what: 'false opens', figure: 'falseOpens', most: 0 },
  { scenario: 'S9', what: 'share of calls refused', figure: 'refusedShare', most: 0.005 },
];

/** What a circuit that is shared may be worse than instances that each decide alone. */
const MOST_OF_ALONE = 4 / 3;
/** Differences below are chance. */
const CALLS_OF_CHANCE = 5;
const SECONDS_OF_CHANCE = 1;

/** A target, and what came of it. */
export interface Verdict {
  readonly what: string;
  readonly isMet: boolean;
}

/** The targets of one of ours, named as it takes part. */
export function judgeTargets(results: readonly ScenarioResult[], ours: string): Verdict[] {
  return TARGETS.flatMap(({ scenario, what, figure, most }) => {
    const outcome = findOutcome(results, scenario, ours);
    const value = outcome?.[figure];
    if (value === undefined) return [];
    return [{ what: `${scenario}, ${what}: ${Number(value.toPrecision(3))}, at most ${most}`, isMet: value <= most }];
  });
}

/**
 * Where one of ours is worse by more than a third than instances that decide alone: calls into the dead party, recovery, false opens.
 * Their recovery counts only where they protected the party at all: who refuses nothing has nothing to recover from.
 */
export function findLosses(results: readonly ScenarioResult[], ours: string): string[] {
  return results.flatMap(({ scenario, outcomes }) => {
    const own = findOutcome(results, scenario.name, ours);
    if (!own) return [];
    return outcomes.flatMap(({ contender, outcome }) =>
      contender.isAlone ? lossesTo(outcome, own).map((loss) => `${scenario.name}, to ${contender.name}: ${loss}`) : [],
    );
  });
}

function lossesTo(alone: Outcome, own: Outcome): string[] {
  const losses: string[] = [];
  if (own.deadCalls > alone.deadCalls * MOST_OF_ALONE + CALLS_OF_CHANCE) {
    losses.push(`${own.deadCalls} dead calls for ${alone.deadCalls}`);
  }
  const protects = alone.deadCalls < alone.deadCallsUnprotected / 2;
  const { recoveredAfterS = 0 } = own;
  if (protects && recoveredAfterS > (alone.recoveredAfterS ?? 0) * MOST_OF_ALONE + SECONDS_OF_CHANCE) {
    losses.push(`recovery ${inSeconds(recoveredAfterS)} for ${inSeconds(alone.recoveredAfterS ?? 0)}`);
  }
  if (own.falseOpens > alone.falseOpens) losses.push(`${own.falseOpens} false opens for ${alone.falseOpens}`);
  return losses;
}

function inSeconds(time: number): string {
  return time === Number.POSITIVE_INFINITY ? 'never' : `${time.toFixed(1)} s`;
}

function findOutcome(results: readonly ScenarioResult[], scenario: string, name: string): Outcome | undefined {
  const result = results.find((candidate) => candidate.scenario.name === scenario);
  return result?.outcomes.find(({ contender }) => contender.name === name)?.outcome;
}
