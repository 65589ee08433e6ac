import { callFaults } from './call-faults';
import { type FieldMachine, fieldMachines } from './field-machines';
import { type FieldRun, runFieldMachine } from './run-field-machine';

/** How a saga did under one probability of a fault per call. */
export interface Rate extends Pick<FieldRun, 'orders' | 'faults' | 'violated'> {
  readonly p: number;
}

/** One row of the comparison: a published kind of saga, or ours, which is D. */
export interface ComparedSaga extends Pick<FieldMachine, 'title' | 'modelled'> {
  readonly letter: FieldMachine['letter'] | 'D';
  readonly rates: readonly Rate[];
}

/** The probabilities of a fault per call, and the orders that show a rate of so few: at least a hundred broken ones in A. */
export const FAULT_RATES: ReadonlyArray<{ readonly p: number; readonly orders: number }> = [
  { p: 0.001, orders: 80_000 },
  { p: 0.01, orders: 20_000 },
  { p: 0.05, orders: 20_000 },
];

/** Runs every published kind of saga under every rate, each with numbers of its own that the seed decides. */
export async function compareWithField(seed: number, rates = FAULT_RATES): Promise<ComparedSaga[]> {
  const compared: ComparedSaga[] = [];
  for (const machine of fieldMachines) {
    const { letter, title, modelled } = machine;
    const results: Rate[] = [];
    for (const { p, orders } of rates) {
      const run = await runFieldMachine(machine, orders, callFaults(p, seed));
      results.push({ p, ...run });
    }
    compared.push({ letter, title, modelled, rates: results });
  }
  return compared;
}

/** The comparison as lines of text: violations per million orders, and beside them what a model of such samples came to. */
export function formatComparison(rows: readonly ComparedSaga[]): string[] {
  const width = Math.max(...rows.map(({ title }) => title.length));
  const cells = (row: ComparedSaga) =>
    row.rates.map((rate) => {
      const expected = row.modelled[String(rate.p)];
      const beside = expected === undefined ? '' : ` (${thousands(expected)})`;
      return `${thousands(perMillion(rate))}${beside}`.padStart(20);
    });
  const head = (rows[0]?.rates ?? []).map(({ p }) => `p = ${p * 100} %`.padStart(20));
  return [
    'orders with a violation, per million, by the probability of a fault per call',
    `   ${''.padEnd(width)}${head.join('')}`,
    ...rows.map((row) => `${row.letter}  ${row.title.padEnd(width)}${cells(row).join('')}`),
    'A to C: published samples, modelled; in brackets what an earlier model of them came to',
  ];
}

/** Orders with a violation, per million orders. */
export function perMillion({ violated, orders }: Pick<Rate, 'violated' | 'orders'>): number {
  return Math.round((violated / orders) * 1e6);
}

function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
