import { ACTIVE_CELLS, type Cell } from './cells';
import { draw } from './draw';
import { HOUR_MS, MINUTE_MS } from './fate-lists';
import { injectorOf, isOf } from './injectors';
import { type Mood, planOf } from './plans';
import type { FoundViolation, Outcome, Profile, Simulate, SimulationOptions } from './simulation';

export const PROFILES: readonly Profile[] = ['STANDARD', 'EXPRESS'];

/** The run in which faults of several cells strike at once. */
export const MIXED = 'mixed';

/** One run: a cell, or several at once, for one seed. */
export interface Task {
  /** The name of a cell that is tried, or {@link MIXED}. */
  readonly cell: string;
  readonly profile: Profile;
  readonly seed: number;
  /** How many orders are placed. */
  readonly orders: number;
}

/** What a run came to. It is plain data, so that another process can tell it. */
export interface TaskResult extends Task {
  /** Faults of the cell itself that were carried out; of a mixed run, all. */
  readonly faults: number;
  /** Orders that at least one fault struck. */
  readonly struckOrders: number;
  readonly violations: readonly FoundViolation[];
  readonly msToTerminal: readonly number[];
  readonly simulatedMs: number;
  readonly deadLetters: number;
}

/** Every run of one seed: each cell and one mixed run, for each profile. */
export function tasksOf(
  seed: number,
  { profiles, cells, orders }: { profiles: readonly Profile[]; cells: readonly string[]; orders: number },
): Task[] {
  return cells.flatMap((cell) => profiles.map((profile) => ({ cell, profile, seed, orders })));
}

/** The names of all cells that are tried, and {@link MIXED}. */
export const TRIED: readonly string[] = [...ACTIVE_CELLS.map(({ name }) => name), MIXED];

/** Runs one task. @throws {RangeError} when there is no such cell */
export async function runTask(task: Task, simulate: Simulate): Promise<TaskResult> {
  const outcome = await simulate(optionsOf(task));
  return toResult(task, outcome);
}

/**
 * What a task simulates. Each cell has plans of its own, the same for both profiles.
 *
 * @throws {RangeError} when there is no such cell
 */
export function optionsOf({ cell, profile, seed, orders }: Task): SimulationOptions {
  const cells = cellsOf(cell, seed);
  const ownSeed = Math.floor(draw(seed, cell) * 2 ** 31);
  return {
    profile,
    seed: ownSeed,
    plan: {
      ...planOf(ownSeed, orders, moodOf(cells)),
      // On top of what comes late by itself.
      ...(cells.some(({ name }) => name === 'F13/7') && { replayedAtMs: 3 * HOUR_MS }),
    },
    injector: injectorOf(cells, ownSeed),
    faultsEndAtMs: Math.max(...cells.map(faultsEndAtMsOf)),
  };
}

/** The cells whose faults strike in a run: of a mixed one, two to four that the seed decides. */
export function cellsOf(name: string, seed: number): readonly Cell[] {
  if (name === MIXED) {
    const order = (cell: Cell) => draw(seed, `mixed, ${cell.name}`);
    const shuffled = [...ACTIVE_CELLS].sort((a, b) => order(a) - order(b));
    return shuffled.slice(0, 2 + Math.floor(draw(seed, 'mixed, how many') * 3));
  }
  const cell = ACTIVE_CELLS.find((each) => each.name === name);
  if (!cell) throw new RangeError(`no cell ${name} is tried`);
  return [cell];
}

/** Long enough for what the cell is about: a repair comes late, and after an outage there must be some time to recover in. */
function faultsEndAtMsOf({ point, rule }: Cell): number {
  return Math.max((point === 9 ? 45 : 20) * MINUTE_MS, (rule?.lastsMs ?? 0) + 15 * MINUTE_MS);
}

/** Where undos are struck, or steps must fail, there must be much to undo. */
function moodOf(cells: readonly Cell[]): Mood {
  return cells.some(({ point, faultClass }) => point >= 8 || faultClass === 'F4') ? 'gloomy' : 'mixed';
}

function toResult(task: Task, outcome: Outcome): TaskResult {
  const { strikes, violations, msToTerminal, simulatedMs, deadLetters } = outcome;
  const cells = cellsOf(task.cell, task.seed);
  return {
    ...task,
    faults: strikes.filter((strike) => cells.some((cell) => isOf(cell, strike))).length,
    struckOrders: new Set(strikes.flatMap(({ call }) => (call.orderId?.startsWith('ord_') ? call.orderId : []))).size,
    violations,
    msToTerminal,
    simulatedMs,
    deadLetters,
  };
}
