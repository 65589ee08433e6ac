import { audit } from '../../../functions/operations/audit/audit';
import type { Books } from '../../../functions/operations/audit/books';
import type { Edge } from '../fates';
import type { FoundViolation, Outcome, SimulationOptions } from '../simulation';
import { checkAnswers } from './check-answers';
import { checkEffects } from './check-effects';
import { checkEnd } from './check-end';
import { checkEvents } from './check-events';
import { checkHandOvers } from './check-hand-overs';
import { checkLists } from './check-lists';
import { checkOutcomes } from './check-outcomes';
import { checkSums } from './check-sums';
import { checkTasks } from './check-tasks';
import { checkVersions } from './check-versions';
import type { Evidence } from './evidence';
import { openWorld, type World } from './world';

/** What came of a simulation, with what the checks saw. */
export interface WorldOutcome extends Outcome {
  readonly books: Books;
  readonly evidence: Evidence;
  /** Calls by edge. */
  readonly calls: Readonly<Record<Edge, number>>;
}

/** All that is looked for at the end, beside the audit and the end itself. */
export const CHECKS = [
  ...[checkVersions, checkAnswers, checkLists, checkHandOvers, checkOutcomes, checkSums],
  ...[checkTasks, checkEvents, checkEffects],
];

const MINUTE_MS = 60_000;

/** So long after the last fault everything must have come to its end; the budgets of an undo and a redrive fit in it. */
const LIMIT_MS = 120 * MINUTE_MS;

/** So long it must stay quiet: three rounds of every job. */
const TAIL_MS = 3 * MINUTE_MS + 1_000;

/**
 * Runs a plan through the whole system in simulated time until it is quiet: the deployed handlers, the deployed text of the state
 * machines, the tables and streams of the local cloud. Only what is between them is played, and goes as the injector says.
 * The same options give the same history, byte for byte.
 *
 * @throws {Error} when the simulation itself fails, such as for a function that cannot be started
 */
export async function simulate(options: SimulationOptions): Promise<WorldOutcome> {
  const world = await openWorld(options);
  try {
    const isQuiet = await runUntilQuiet(world, options);
    return await judge(world, isQuiet);
  } finally {
    await world.close();
  }
}

async function runUntilQuiet(world: World, { faultsEndAtMs }: SimulationOptions): Promise<boolean> {
  const { clock, startAt } = world;
  for (;;) {
    const limitAt = Math.max(startAt + faultsEndAtMs, world.crossings.lastLandingAt) + LIMIT_MS;
    if (clock.now() >= limitAt) return false;
    const mayBeQuiet = await clock.run(Math.min(limitAt, clock.now() + MINUTE_MS), () => world.mayBeQuiet());
    if (!mayBeQuiet) continue;
    if (!(await world.isQuiet())) {
      await clock.run(clock.now() + 1_000, () => false);
      continue;
    }
    await clock.run(clock.now() + TAIL_MS, () => false);
    if (await world.isQuiet()) return true;
  }
}

async function judge(world: World, isQuiet: boolean): Promise<WorldOutcome> {
  const { clock, crossings, history, startAt } = world;
  const evidence = await world.readEvidence();
  const { books } = evidence;
  const { deadLetters } = world.cloud.queues;
  const violations: FoundViolation[] = [
    ...audit(books, clock.now()).violations.map(({ invariant, subject, detail }) => ({
      rule: invariant,
      detail: `${subject} ${detail}`,
    })),
    ...CHECKS.flatMap((check) => check(evidence)),
    ...checkEnd({ isQuiet, versions: world.versions.all, deadLetters }),
  ];
  return {
    violations,
    strikes: crossings.strikes,
    msToTerminal: world.msToTerminal(),
    simulatedMs: clock.now() - startAt,
    deadLetters,
    history: history.lines,
    books,
    evidence,
    calls: crossings.counts,
  };
}
