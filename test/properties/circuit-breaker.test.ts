import fc from 'fast-check';
import type { Invariant } from './circuit-judge';
import type { StoreFate, Tamper } from './circuit-network';
import { callOf } from './circuit-network';
import { type CallFate, type Happening, type Plan, runCircuits } from './circuit-world';

const RUNS = 200;

const instance = fc.nat({ max: 3 });
const callFate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<CallFate>('failure') },
  { weight: 5, arbitrary: fc.constant<CallFate>('success') },
  { weight: 1, arbitrary: fc.constantFrom<CallFate>('ignored', 'hangs', 'dies') },
);
const call = fc.record({ kind: fc.constant('call' as const), instance, fate: callFate });
const wait = fc.record({
  kind: fc.constant('wait' as const),
  ms: fc.constantFrom(20, 99, 100, 400, 800, 1_100, 2_300, 5_000, 12_000),
});
const mode = fc.record({
  kind: fc.constant('mode' as const),
  mode: fc.constantFrom('auto' as const, 'auto' as const, 'isolated' as const, 'forced-closed' as const),
});
const rare: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constantFrom('freeze' as const, 'wake' as const, 'wake' as const), instance }),
  mode,
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(60_000, 3_600_000) }),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 14, arbitrary: call },
  { weight: 5, arbitrary: wait },
  { weight: 2, arbitrary: rare },
);
const storeFate = fc.oneof(
  { weight: 7, arbitrary: fc.constant<StoreFate>('ok') },
  { weight: 1, arbitrary: fc.constantFrom<StoreFate>('refused', 'reply lost', 'unanswered', 'unheard') },
);

const OPTIONS = { failureThreshold: 2, successThreshold: 2, probeLeaseSeconds: 1, rampSeconds: 1 };

const planWith = (skewMs: fc.Arbitrary<number>, operators = 1): fc.Arbitrary<Plan> =>
  fc.record({
    options: fc.constantFrom(OPTIONS, { ...OPTIONS, slowCallSeconds: 1 }, { ...OPTIONS, maxViewAgeSeconds: 1 }),
    skewsMs: fc.array(skewMs, { minLength: 2, maxLength: 4 }),
    happenings: fc.array(
      fc.record({
        what: fc.oneof({ weight: 20, arbitrary: happening }, { weight: operators, arbitrary: mode }),
        turns: fc.nat({ max: 8 }),
      }),
      { minLength: 10, maxLength: 60 },
    ),
    fates: fc.array(storeFate, { maxLength: 40 }),
  });

const RIGHT = planWith(fc.constant(0));
const RESTLESS = planWith(fc.constant(0), 8);
const WRONG = planWith(fc.constantFrom(-15_000, -2_000, 0, 2_000, 15_000));

const holds = (plan: fc.Arbitrary<Plan>, judged: Invariant, tamper?: Tamper) =>
  fc.asyncProperty(plan, fc.scheduler(), async (drawn, scheduler) => {
    const violations = await runCircuits(drawn, scheduler, tamper);
    expect(violations.filter(({ invariant }) => invariant === judged)).toEqual([]);
  });

// It hangs on every promise of the process, and the files that run after this one in the same process would pay for it.
afterAll(() => callOf.disable());

/** Runs plans, once for all invariants, and answers those that did not hold. */
function brokenIn(plan: fc.Arbitrary<Plan>, seed: number): () => Promise<ReadonlySet<Invariant>> {
  let broken: Promise<ReadonlySet<Invariant>> | undefined;
  const run = async () => {
    const found = new Set<Invariant>();
    const record = fc.asyncProperty(plan, fc.scheduler(), async (drawn, scheduler) => {
      for (const { invariant } of await runCircuits(drawn, scheduler)) found.add(invariant);
    });
    await fc.assert(record, { numRuns: RUNS, seed });
    return found;
  };
  return () => {
    broken ??= run();
    return broken;
  };
}

/** Runs the same plans again for one invariant that did not hold: fails, with the shortest plan that breaks it. */
async function showBreak(plan: fc.Arbitrary<Plan>, seed: number, invariant: Invariant): Promise<void> {
  // A shorter plan is looked for as long as the limit of a test allows.
  await fc.assert(holds(plan, invariant), { numRuns: RUNS, seed, interruptAfterTimeLimit: 25_000 });
  throw new Error(`it did not hold at first, and held the second time: ${invariant}`);
}

/** They hold whatever the clocks of the instances show. */
const OF_THE_ITEM: readonly Invariant[] = [
  'the epoch grows by one with each change, and along allowed edges only',
  'nobody changes a circuit without knowing its epoch',
  'one lease at a time, and one outcome of each',
  'a result counts in the epoch in which its call began, or not at all',
  'each opening and each closing is told once',
];
const OF_THE_CALLER: readonly Invariant[] = [
  'who knows of the open circuit sends nothing but the probe',
  'the store is never the trouble of a caller',
  'a forced mode is left to operators',
];

type Write = Parameters<Tamper>[0];
const without = (update: Write, ...names: string[]): Write => ({
  ...update,
  when: update.when.filter(({ attribute }) => !names.includes(attribute)),
});
const isLease = ({ add = {} }: Write) => add.fence !== undefined;
const isOutcome = ({ when }: Write) => when.some(({ attribute }) => attribute === 'fence');
const isTransition = ({ set = {} }: Write) => set.state !== undefined && set.v === undefined;
const isReport = ({ when }: Write) => when.some(({ attribute }) => /^s\d/.test(attribute));

/** What would be wrong, the invariant that it breaks, and the write that makes it so. */
const PLANTED: ReadonlyArray<[bug: string, breaks: Invariant, tamper: Tamper]> = [
  [
    'changes the state and not the epoch',
    'the epoch grows by one with each change, and along allowed edges only',
    (update) => {
      const { epoch: _, ...set } = update.set ?? {};
      return isTransition(update) ? { ...update, set } : update;
    },
  ],
  [
    'opens in whatever epoch it finds',
    'nobody changes a circuit without knowing its epoch',
    (update) => (isTransition(update) ? without(update, 'epoch', 'fence', 'leaseUntil', 'state') : update),
  ],
  [
    'takes a lease that somebody has',
    'one lease at a time, and one outcome of each',
    (update) => (isLease(update) ? without(update, 'leaseUntil') : update),
  ],
  [
    'takes a lease without a number of its own',
    'one lease at a time, and one outcome of each',
    (update) => (isLease(update) ? { ...update, add: {} } : update),
  ],
  [
    'says what came of a probe whose lease is over',
    'one lease at a time, and one outcome of each',
    (update) => (isOutcome(update) ? without(update, 'fence', 'leaseUntil') : update),
  ],
  [
    'counts a late result',
    'a result counts in the epoch in which its call began, or not at all',
    (update) => (isReport(update) ? without(update, 'epoch') : update),
  ],
  [
    'opens without a word',
    'each opening and each closing is told once',
    ({ set: { told: _, ...set } = {}, ...update }) => ({ ...update, set }),
  ],
  [
    'opens a circuit that an operator keeps closed',
    'a forced mode is left to operators',
    (update) => (isTransition(update) ? without(update, 'epoch', 'mode') : update),
  ],
];

describe("a fleet's circuit, whatever is lost, late, repeated, frozen or dead", () => {
  const withRightClocks = brokenIn(RIGHT, 20261124);
  const withWrongClocks = brokenIn(WRONG, 20261125);

  it.each([...OF_THE_ITEM, ...OF_THE_CALLER])('is such that %s', async (invariant) => {
    if ((await withRightClocks()).has(invariant)) await showBreak(RIGHT, 20261124, invariant);
  });

  it.each(OF_THE_ITEM)('is such that %s, though clocks differ by half a minute', async (invariant) => {
    if ((await withWrongClocks()).has(invariant)) await showBreak(WRONG, 20261125, invariant);
  });

  it.each(PLANTED)('would be wrong if an instance did this: it %s', async (_, invariant, tamper) => {
    const { failed } = await fc.check(
      holds(invariant === 'a forced mode is left to operators' ? RESTLESS : RIGHT, invariant, tamper),
      {
        ...{ numRuns: 1_000, seed: 20261126, endOnFailure: true },
      },
    );

    expect(failed).toBe(true);
  });
});
