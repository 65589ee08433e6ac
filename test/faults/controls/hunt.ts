import { PROFILES, runTask, type Task, TRIED, tasksOf } from '../matrix';
import type { Profile } from '../simulation';
import { simulate } from '../world/simulate';

/** What a search for a violation came to. */
export interface Hunt {
  /** Absent when the search found none in its time. */
  readonly found?: { readonly cell: string; readonly profile: Profile; readonly rule: string; readonly detail: string };
  /** How many orders were tried, up to and with the run that showed it. */
  readonly orders: number;
}

/** As many as a run of `npm run verify` has unless it is told. */
const ORDERS = 6;

/** So many seeds are tried of the cells that come first, before all others. */
const FIRST_SEEDS = 20;

/**
 * Runs the cells that come first with some seeds, then the whole matrix with ever new ones, up to the first violation or the end
 * of the time.
 */
async function hunt(seed: number, lastsMs: number, first: readonly string[]): Promise<Hunt> {
  const endsAt = performance.now() + lastsMs;
  let orders = 0;
  for (const task of tasksFrom(seed, first)) {
    if (performance.now() >= endsAt) break;
    const { cell, profile, violations } = await runTask(task, simulate);
    orders += task.orders;
    const [violation] = violations;
    if (violation) return { orders, found: { cell, profile, ...violation } };
  }
  return { orders };
}

function* tasksFrom(seed: number, first: readonly string[]): Generator<Task> {
  const all = { profiles: PROFILES, orders: ORDERS };
  for (let after = 0; after < FIRST_SEEDS; after += 1) yield* tasksOf(seed + after, { ...all, cells: first });
  for (let after = 0; ; after += 1) yield* tasksOf(seed + after, { ...all, cells: TRIED });
}

const [seed, lastsMs, ...first] = process.argv.slice(2);
hunt(Number(seed), Number(lastsMs), first).then((result) => {
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
  // Whatever a handler of the system has left open does not keep the process.
  process.exit(0);
});
