import { catchAll, findFalseAlarm } from './catch-all';
import type { Verdict } from './catch-defect';
import { type ComparedSaga, compareWithField, formatComparison } from './compare-with-field';
import type { Defect } from './defect';
import { defects } from './defects';
import { rateOfOurs } from './rate-of-ours';

export interface ControlsOptions {
  readonly seed: number;
  /** How long each planted mistake is looked for, in milliseconds of real time. Default 120,000. */
  readonly lastsMs?: number;
  readonly print: (line: string) => void;
}

const DEFAULT_LASTS_MS = 120_000;

/**
 * Shows that the fault matrix would find what it does not find: published kinds of sagas break their books under the same
 * faults, and each mistake that is planted in this system is caught. Answers whether both hold.
 */
export async function runControls({ seed, lastsMs = DEFAULT_LASTS_MS, print }: ControlsOptions): Promise<boolean> {
  const compared = [...(await compareWithField(seed)), await rateOfOurs(seed)];
  for (const line of formatComparison(compared)) print(line);
  const isAsExpected = isTelling(compared);
  if (!isAsExpected) print('FAILED: published kinds of sagas must break orders, and ours none');
  print('');
  return (await plantAll({ seed, lastsMs, print })) && isAsExpected;
}

async function plantAll({ seed, lastsMs, print }: Required<ControlsOptions>): Promise<boolean> {
  const falseAlarm = await findFalseAlarm(defects, { seed, lastsMs });
  if (falseAlarm !== undefined) {
    print(`FAILED: something is found where nothing is planted, so nothing can be said: ${falseAlarm}`);
    return false;
  }
  print(`planted mistakes: ${defects.length}`);
  const report = (defect: Defect, verdict: Verdict) => print(formatVerdict(defect, verdict));
  const verdicts = await catchAll(defects, { seed, lastsMs }, report);
  const caught = verdicts.flatMap((verdict) => (verdict.kind === 'caught' ? verdict : []));
  const orders = caught.map((verdict) => verdict.orders).filter((count) => count > 0);
  print(
    `caught ${caught.length} of ${defects.length}: ${orders.length} by the matrix, ${median(orders)} orders (median)`,
  );
  return caught.length === defects.length;
}

/** Whether the comparison says what it must: others break some orders at the highest rate, and ours breaks none at any. */
export function isTelling(rows: readonly ComparedSaga[]): boolean {
  return rows.every(({ letter, rates }) =>
    letter === 'D' ? rates.every(({ violated }) => violated === 0) : (rates.at(-1)?.violated ?? 0) > 0,
  );
}

/** More of what was found does not fit into a line. */
const MAX_SHOWN = 120;

/** One line for one planted mistake. */
export function formatVerdict({ name }: Defect, verdict: Verdict): string {
  const shown = name.padEnd(60);
  switch (verdict.kind) {
    case 'caught': {
      const after = verdict.orders > 0 ? ` after ${verdict.orders} orders` : '';
      return `  caught    ${shown} ${verdict.by}${after}, ${verdict.how.slice(0, MAX_SHOWN)}`;
    }
    case 'survived':
      return `  SURVIVED  ${shown} ${verdict.orders} orders`;
    case 'broken':
      return `  BROKEN    ${shown} ${verdict.why.slice(0, MAX_SHOWN)}`;
  }
}

/** The middle of the values; 0 when there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
