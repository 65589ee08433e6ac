import type { ScenarioResult } from './breaker-bench';
import type { Outcome } from './outcome';
import type { Scenario } from './scenario';
import { findLosses, judgeTargets } from './targets';

type Outcomes = ScenarioResult['outcomes'];

interface Column {
  readonly title: string;
  readonly of: (outcome: Outcome) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'reads/M', of: ({ readsPerMillion }) => whole(readsPerMillion) },
  { title: 'writes/M', of: ({ writesPerMillion }) => whole(writesPerMillion) },
  { title: '$/M', of: ({ dollarsPerMillion }) => dollars(dollarsPerMillion) },
  { title: '$/M in all', of: ({ dollarsPerMillionInAll }) => dollars(dollarsPerMillionInAll) },
  { title: 'wait ms', of: ({ waitingMs }) => waitingMs.toFixed(2) },
  { title: 'open s', of: ({ openedAfterS }) => seconds(openedAfterS) },
  { title: 'dead calls', of: ({ deadCalls }) => whole(deadCalls) },
  { title: 'probes', of: ({ probesAtOnce }) => whole(probesAtOnce) },
  { title: 'recovery s', of: ({ recoveredAfterS }) => seconds(recoveredAfterS) },
  { title: 'opened/re/closed', of: ({ opened, reopened, closed }) => `${opened}/${reopened}/${closed}` },
  { title: 'false opens', of: ({ falseOpens }) => whole(falseOpens) },
  {
    title: 'refused well',
    of: ({ refusedWhileWell, refusedShare }) => `${refusedWhileWell} (${percent(refusedShare)})`,
  },
];

/** What the columns are. */
export const LEGEND = [
  'reads/M, writes/M, $/M: billed requests, and their price, for a million calls while all is well, cold starts included; in all: of the whole run.',
  'wait: added to a call that is let through. open: from the start of an outage until somewhere a circuit opens. dead calls: made in an outage,',
  'and failed. probes: at once, in an outage. recovery: from the end of an outage to the first instant from which on 95 % of the calls of the',
  'next 5 s (and at least 20) are let through. opened/re/closed: changes that some instance has told of; re: a probe failed. false opens: without an outage.',
  'refused well: calls refused before an outage, or from 5 s after recovery. Of several outages of a run, the longest times. Medians of some runs.',
].join('\n');

/** A scenario as a table in Markdown. */
export function toScenarioTable({ name, title }: Scenario, outcomes: Outcomes): string {
  const unprotected = outcomes[0]?.outcome.deadCallsUnprotected ?? 0;
  const without = unprotected > 0 ? `; without a breaker ${unprotected} dead calls` : '';
  const rows = outcomes.map(({ contender, outcome }) => [contender.name, ...COLUMNS.map(({ of }) => of(outcome))]);
  return [`${name}: ${title}${without}`, toMarkdownTable(['', ...COLUMNS.map((column) => column.title)], rows)].join(
    '\n\n',
  );
}

/** What was aimed at, and where one of ours loses. */
export function toJudgement(name: string, results: readonly ScenarioResult[]): string {
  const targets = judgeTargets(results, name).map(({ what, isMet }) => `  ${isMet ? 'met    ' : 'NOT MET'} ${what}`);
  const losses = findLosses(results, name).map((loss) => `  ${loss}`);
  const worse = 'worse by more than a third than instances that decide alone';
  const lost =
    losses.length === 0 ? [`  in no scenario ${worse}`] : [`  ${worse}:`, ...losses.map((loss) => `  ${loss}`)];
  return [name.trim(), ...targets, ...lost].join('\n');
}

function toMarkdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [toLine(titles), rule, ...rows.map(toLine)].join('\n');
}

function whole(value: number | undefined): string {
  return value === undefined ? '-' : Math.round(value).toLocaleString('en-US');
}

function dollars(value: number): string {
  return value === 0 ? '0' : value.toPrecision(3);
}

function seconds(value: number | undefined): string {
  if (value === undefined) return '-';
  return value === Number.POSITIVE_INFINITY ? 'never' : value.toFixed(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
