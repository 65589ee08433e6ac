import type { TaskResult } from './matrix';
import type { Profile } from './simulation';

/** What all runs of one cell came to. */
export interface CellTally {
  readonly cell: string;
  orders: number;
  struckOrders: number;
  violations: number;
  /** Faults that were carried out, for each profile that ran. */
  readonly faults: Partial<Record<Profile, number>>;
}

/** What all runs together came to. */
export interface Tally {
  readonly cells: ReadonlyMap<string, CellTally>;
  readonly failures: readonly TaskResult[];
  readonly simulatedMs: number;
  readonly deadLetters: number;
  /** How many orders took so many seconds (rounded up) to their end after the faults had stopped. */
  readonly secondsToTerminal: ReadonlyMap<number, number>;
}

/** Adds up what runs come to. Their order does not matter, but for that of the failures. */
export class Tallying implements Tally {
  readonly cells = new Map<string, CellTally>();
  readonly failures: TaskResult[] = [];
  readonly secondsToTerminal = new Map<number, number>();
  simulatedMs = 0;
  deadLetters = 0;

  /** `cells`: their order in the report. */
  constructor(cells: readonly string[]) {
    for (const cell of cells) this.cells.set(cell, { cell, orders: 0, struckOrders: 0, violations: 0, faults: {} });
  }

  /** @throws {RangeError} when the cell is not one of the report's */
  add(result: TaskResult): void {
    const cell = this.cells.get(result.cell);
    if (!cell) throw new RangeError(`${result.cell} is not in this report`);
    cell.orders += result.orders;
    cell.struckOrders += result.struckOrders;
    cell.violations += result.violations.length;
    cell.faults[result.profile] = (cell.faults[result.profile] ?? 0) + result.faults;
    this.simulatedMs += result.simulatedMs;
    this.deadLetters += result.deadLetters;
    for (const ms of result.msToTerminal) {
      const seconds = Math.ceil(ms / 1000);
      this.secondsToTerminal.set(seconds, (this.secondsToTerminal.get(seconds) ?? 0) + 1);
    }
    if (result.violations.length > 0) this.failures.push(result);
  }
}

/** Cells and profiles that ran and in which no fault was carried out: they prove nothing. */
export function cellsNotHit({ cells }: Tally): string[] {
  return [...cells.values()].flatMap(({ cell, faults }) =>
    Object.entries(faults).flatMap(([profile, count]) => (count === 0 ? [`${cell} ${profile}`] : [])),
  );
}

/** Cells that never ran. */
export function cellsNotRun({ cells }: Tally): string[] {
  return [...cells.values()].filter(({ faults }) => Object.keys(faults).length === 0).map(({ cell }) => cell);
}

/** The seconds within which the given share of the orders came to their end; 0 for no orders. */
export function secondsWithin({ secondsToTerminal }: Tally, share: number): number {
  const sorted = [...secondsToTerminal].sort(([a], [b]) => a - b);
  const orders = sorted.reduce((sum, [, count]) => sum + count, 0);
  let counted = 0;
  for (const [seconds, count] of sorted) {
    counted += count;
    if (counted >= orders * share) return seconds;
  }
  return 0;
}

/**
 * The rate of violations for each struck order that the runs exclude with 95 % confidence when they found none; `undefined`
 * when they found one, or struck no order.
 *
 * @see Hanley, Lippman-Hand: If Nothing Goes Wrong, Is Everything All Right?, JAMA 249(13), 1983 (rule of three)
 */
export function rateBelow({ cells, failures }: Tally): number | undefined {
  const struck = [...cells.values()].reduce((sum, { struckOrders }) => sum + struckOrders, 0);
  return failures.length > 0 || struck === 0 ? undefined : 3 / struck;
}
