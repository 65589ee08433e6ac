import { type Figure, round } from '../measure';
import type { Contender } from './contender';
import { runFleet } from './fleet';
import { heldOutScenarios } from './held-out-scenarios';
import { holdfast, localOnly } from './holdfast-contender';
import { knownScenarios } from './known-scenarios';
import { medianOf, type Outcome, outcomeOf } from './outcome';
import { consecutiveFailures } from './rivals/consecutive-failures';
import { electedProber } from './rivals/elected-prober';
import { readPerCall } from './rivals/read-per-call';
import { type Scenario, withSeed } from './scenario';
import { LEGEND, toJudgement, toScenarioTable } from './simulation-report';

const HELD_OUT = 20;

const OURS: readonly Contender[] = [holdfast('Holdfast'), holdfast('Holdfast, views <= 5 s', { maxViewAgeSeconds: 5 })];

/** Who takes part, each with its defaults but for what its name says. */
const CONTENDERS: readonly Contender[] = [
  ...OURS,
  readPerCall('as circuitbreaker-lambda', 0),
  readPerCall('  with cacheTtlMs 1000', 1000),
  electedProber(),
  localOnly(),
  consecutiveFailures(),
];

/** What each breaker did in a scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly isHeldOut: boolean;
  readonly outcomes: readonly { readonly contender: Contender; readonly outcome: Outcome }[];
}

/**
 * A fleet behind our circuits, and behind others by their rules, through outages of many kinds; a table of each scenario on the screen
 * as it is done. The same seed is the same figures.
 *
 * @param seed of the scenarios that are drawn, and of everything that happens by chance
 */
export async function benchBreaker(seed: number, keep: (figures: Figure[]) => void): Promise<void> {
  console.log(`${LEGEND}\n`);
  const results: ScenarioResult[] = [];
  const known = knownScenarios.map((scenario) => ({ scenario, isHeldOut: false }));
  const heldOut = heldOutScenarios(seed, HELD_OUT).map((scenario) => ({ scenario, isHeldOut: true }));
  for (const { scenario, isHeldOut } of [...known, ...heldOut]) {
    const outcomes = [];
    for (const contender of CONTENDERS)
      outcomes.push({ contender, outcome: await simulate(scenario, contender, seed) });
    results.push({ scenario, isHeldOut, outcomes });
    console.log(`${toScenarioTable(scenario, outcomes)}\n`);
    for (const { contender, outcome } of outcomes) keep(toFigures(scenario, contender, outcome));
  }
  for (const { name } of OURS) console.log(`${toJudgement(name, results)}\n`);
}

/** The medians of as many runs as the scenario asks for. */
export async function simulate(scenario: Scenario, contender: Contender, seed: number): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (let run = 0; run < scenario.seeds; run += 1) {
    const one = withSeed(scenario, seed + run);
    const log = await runFleet(one, contender, seed + run);
    outcomes.push(outcomeOf(one, log, contender.isAlone === true));
  }
  return medianOf(outcomes);
}

const UNITS: Readonly<Record<keyof Outcome, string>> = {
  readsPerMillion: '1/M calls',
  writesPerMillion: '1/M calls',
  dollarsPerMillion: '$/M calls',
  dollarsPerMillionInAll: '$/M calls',
  waitingMs: 'ms',
  openedAfterS: 's',
  deadCalls: 'calls',
  deadCallsUnprotected: 'calls',
  probesAtOnce: 'calls',
  recoveredAfterS: 's',
  opened: 'times',
  reopened: 'times',
  closed: 'times',
  falseOpens: 'times',
  refusedWhileWell: 'calls',
  refusedShare: 'of the calls',
};

/** What is never over, or never was, has no figure. */
function toFigures({ name }: Scenario, contender: Contender, outcome: Outcome): Figure[] {
  return (Object.keys(UNITS) as (keyof Outcome)[])
    .map((figure) => ({ figure, value: outcome[figure] }))
    .filter((entry): entry is { figure: keyof Outcome; value: number } => Number.isFinite(entry.value))
    .map(({ figure, value }) => ({
      name: `breaker ${name}, ${contender.name.trim()}: ${figure}`,
      value: round(value),
      unit: UNITS[figure],
    }));
}
