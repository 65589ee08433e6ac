import { CELLS } from './cells';
import { FAULT_CLASSES, POINTS } from './fault-classes';
import { MIXED, type Task, type TaskResult } from './matrix';
import type { Shortest } from './shrink-failure';
import { cellsNotHit, cellsNotRun, rateBelow, secondsWithin, type Tally } from './tally';

/** Lines of a history that are printed of its beginning and of its end. */
const MAX_FIRST = 150;
const MAX_LAST = 30;

/** The report of a run, in lines: a row for each cell, the totals, what is not tried yet. */
export function toReport(tally: Tally): string[] {
  return [...toRows(tally), '', ...toTotals(tally), '', ...toNotYet(), ...toComplaints(tally)];
}

function toRows(tally: Tally): string[] {
  const rows = [...tally.cells.values()].map(({ cell, orders, faults, violations }) =>
    toRow(cell, orders, faults.STANDARD ?? '-', faults.EXPRESS ?? '-', violations, titleOf(cell)),
  );
  return [
    `${' '.repeat(14)}   faults injected`,
    toRow('cell', 'orders', 'STANDARD', 'EXPRESS', 'violations', 'what strikes, and where'),
    ...rows,
  ];
}

function toRow(cell: string, ...[orders, standard, express, violations, title]: Array<string | number>): string {
  const numbers = [String(orders).padStart(8), String(standard).padStart(9), String(express).padStart(9)];
  return `${cell.padEnd(6)}${numbers.join('')} ${String(violations).padStart(10)}  ${title}`;
}

function titleOf(name: string): string {
  const cell = CELLS.find((each) => each.name === name);
  if (!cell) return 'several of these at once';
  return `${FAULT_CLASSES[cell.faultClass].title} (${POINTS[cell.point]})`;
}

function toTotals(tally: Tally): string[] {
  const cells = [...tally.cells.values()];
  const sum = (of: (cell: (typeof cells)[number]) => number) => cells.reduce((total, cell) => total + of(cell), 0);
  const faults = sum((cell) => (cell.faults.STANDARD ?? 0) + (cell.faults.EXPRESS ?? 0));
  const bound = rateBelow(tally);
  return [
    `orders                    ${sum(({ orders }) => orders)}, of which faults struck ${sum(({ struckOrders }) => struckOrders)}`,
    `faults injected           ${faults}`,
    `violations                ${sum(({ violations }) => violations)}`,
    `simulated hours           ${(tally.simulatedMs / 3_600_000).toFixed(1)}`,
    `time to terminal          p99 ${secondsWithin(tally, 0.99)} s, max ${secondsWithin(tally, 1)} s after the faults stopped`,
    `dead letters at the end   ${tally.deadLetters}`,
    `violations per order      ${bound === undefined ? 'no bound' : `below ${toScientific(bound)} (95 %: three in the number of struck orders)`}`,
  ];
}

function toScientific(rate: number): string {
  return rate
    .toExponential(1)
    .replace(/e([+-])(\d+)/, (_, sign: string, digits: string) => ` x 10^${sign === '-' ? '-' : ''}${digits}`);
}

function toNotYet(): string[] {
  const reasons = new Map<string, string[]>();
  for (const { name, notYet } of CELLS) {
    if (notYet !== undefined) reasons.set(notYet, [...(reasons.get(notYet) ?? []), name]);
  }
  return [...reasons].map(([reason, names]) => `not tried yet: ${names.join(' ')} (${reason})`);
}

/** What makes a run fail although it broke no rule. */
function toComplaints(tally: Tally): string[] {
  const notHit = cellsNotHit(tally).map(
    (name) => `cell not hit: ${name}: no fault was carried out, so it proves nothing`,
  );
  const notRun = cellsNotRun(tally).map((name) => `cell not run: ${name}`);
  return [...notHit, ...notRun];
}

/** A failing run: where, what broke, the shortest history, and how to run it again. */
export function toFailure(result: TaskResult, shortest?: Shortest): string[] {
  const { cell, profile, seed } = result;
  const heading = `VIOLATION in ${cell} (${titleOf(cell)}), ${profile}, seed ${seed}`;
  const violations = (shortest ?? result).violations.map(({ rule, detail }) => `  ${rule}: ${detail}`);
  return ['', heading, ...violations, ...(shortest ? toHistory(shortest) : []), `  again: ${toCommand(result)}`];
}

function toHistory({ orders, faults, reruns, history }: Shortest): string[] {
  const lines = history.filter(isOfAnOrder);
  const left = lines.length - MAX_FIRST - MAX_LAST;
  const shown =
    left <= 0 ? lines : [...lines.slice(0, MAX_FIRST), `(${left} lines left out)`, ...lines.slice(-MAX_LAST)];
  const amounts = `${orders} ${orders === 1 ? 'order' : 'orders'} and ${faults} ${faults === 1 ? 'fault' : 'faults'}`;
  return [
    `  the shortest history that was found in ${reruns} runs, with ${amounts}:`,
    ...shown.map((line) => `    ${line}`),
  ];
}

/** The rounds of the jobs go on and on; of what belongs to no order, only what was struck is worth reading. */
function isOfAnOrder(line: string): boolean {
  return !/^ *[\d.]+ - /.test(line) || line.includes(' is struck: ');
}

/** The command that makes the same run again. */
export function toCommand({ cell, profile, seed, orders }: Task): string {
  return `npm run verify -- --seed ${seed} --seeds 1 --profile ${profile} --cell ${cell} --orders ${orders}`;
}

/** The title of a cell's tests, such as `F3/2 is given up, and takes effect after the undo (workflow to Lambda)`. */
export function toTitle(cell: string): string {
  return cell === MIXED ? titleOf(cell) : `${cell} ${titleOf(cell)}`;
}

/** The same as the report, for a program. */
export function toJson(tally: Tally, failures: ReadonlyArray<{ result: TaskResult; shortest?: Shortest }>): object {
  return {
    ok: isPassed(tally),
    cells: [...tally.cells.values()].map((cell) => ({ ...cell, title: titleOf(cell.cell) })),
    notTriedYet: CELLS.flatMap(({ name, notYet }) => (notYet === undefined ? [] : [{ cell: name, why: notYet }])),
    cellsNotHit: cellsNotHit(tally),
    cellsNotRun: cellsNotRun(tally),
    simulatedHours: tally.simulatedMs / 3_600_000,
    secondsToTerminal: { p99: secondsWithin(tally, 0.99), max: secondsWithin(tally, 1) },
    deadLetters: tally.deadLetters,
    violationsPerOrderBelow: rateBelow(tally) ?? null,
    failures: failures.map(({ result, shortest }) => ({
      cell: result.cell,
      profile: result.profile,
      seed: result.seed,
      violations: (shortest ?? result).violations,
      command: toCommand(result),
      ...(shortest && { shortest }),
    })),
  };
}

/** Whether no rule was broken, and every cell ran and was hit. */
export function isPassed(tally: Tally): boolean {
  return tally.failures.length === 0 && cellsNotHit(tally).length === 0 && cellsNotRun(tally).length === 0;
}
