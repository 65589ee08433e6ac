import { type Call, type Fate, OK } from './fates';
import { MIXED, optionsOf, PROFILES, runTask, type Task, TRIED } from './matrix';
import { toFailure, toTitle } from './report';
import { shrinkFailure } from './shrink-failure';
import { simulate } from './world/simulate';

const SEED = 1;
const ORDERS = 4;
/** Fewer than `npm run verify` makes, which finds shorter histories. */
const RERUNS = 40;
/** Where events are told and reacted to, it makes no difference how the sagas before them run: once is enough here. */
const isOfEvents = (cell: string) => /\/[567]$/.test(cell);
const MIXED_SEEDS = [1, 2, 3, 4, 5];

/** What is to be read when the run fails: the shortest history that does, and the command that makes the run again. */
async function failureOf(task: Task): Promise<string> {
  const result = await runTask(task, simulate);
  if (result.violations.length > 0) return toFailure(result, await shrinkFailure(task, simulate, RERUNS)).join('\n');
  return result.faults === 0 ? 'cell not hit: no fault was carried out' : 'none';
}

describe.each(PROFILES)('orders under faults, as %s', (profile) => {
  const cells = TRIED.filter((cell) => cell !== MIXED && !(isOfEvents(cell) && profile === 'EXPRESS'));

  it.each(cells.map((cell) => [toTitle(cell), cell] as const))(
    'come to an end with books that add up: %s',
    async (_, cell) => {
      expect(await failureOf({ cell, profile, seed: SEED, orders: ORDERS })).toBe('none');
    },
  );

  it.each(MIXED_SEEDS)(
    'come to an end with books that add up when faults of several kinds strike: seed %i',
    async (seed) => {
      expect(await failureOf({ cell: MIXED, profile, seed, orders: ORDERS })).toBe('none');
    },
  );

  it('read nothing on their way that may be stale but the index for a list and circuits, so there is no F14 at the point 2', async () => {
    const { plan, ...options } = optionsOf({ cell: MIXED, profile, seed: SEED, orders: ORDERS });
    const injector = ({ phase }: Call): Fate => (phase === 'repair' ? OK : { kind: 'stale' });

    const { strikes } = await simulate({ ...options, plan, injector });

    expect(new Set(strikes.map(({ call }) => call.name))).toEqual(new Set(['orders Query', 'circuits Query']));
  });
});
