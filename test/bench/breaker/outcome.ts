import type { CallRecord, FleetLog } from './fleet';
import { lengthOf, type Outage, type Scenario } from './scenario';

/** Dollars for a million units on demand, in us-east-1: an eventually consistent read of up to 4 KB is half a unit. */
const READ_DOLLARS = 0.125 * 0.5;
const WRITE_DOLLARS = 0.625;

/** What a breaker did in a scenario, in one run or as the median of some. `undefined`: there is nothing to be measured. */
export interface Outcome {
  /** For a million calls of the time before the first outage. */
  readonly readsPerMillion: number;
  readonly writesPerMillion: number;
  readonly dollarsPerMillion: number;
  /** For a million calls of the whole run, refused ones included. */
  readonly dollarsPerMillionInAll: number;
  /** What a call takes longer than the party takes, in milliseconds; over all calls that were let through. */
  readonly waitingMs: number;
  /** From the start of an outage to the first that opens in it, in seconds: the longest of the outages in which any did. */
  readonly openedAfterS: number | undefined;
  /** Calls that failed of the outage; and how many there would be without a breaker. */
  readonly deadCalls: number;
  readonly deadCallsUnprotected: number;
  /** The most probes under way at once during an outage. */
  readonly probesAtOnce: number | undefined;
  /** From the end of an outage until nearly all calls are let through, in seconds: the longest. Infinite when it is never over. */
  readonly recoveredAfterS: number | undefined;
  readonly opened: number;
  readonly reopened: number;
  readonly closed: number;
  /** Opened though no outage was or had just been; not those of a broken instance in a breaker that it has for itself. */
  readonly falseOpens: number;
  /** Calls refused before an outage, or some seconds after the fleet was let through again; and their share. */
  readonly refusedWhileWell: number;
  readonly refusedShare: number;
}

/** A fleet counts as let through from the first instant from which on this share of the calls of the next seconds is. */
const LET_THROUGH = 0.95;
const NEXT_SECONDS = 5;
const NEXT_CALLS = 20;

/** What opens so soon after an outage, opens for the last calls of it. */
const GRACE_S = 1;

export function outcomeOf(scenario: Scenario, log: FleetLog, hasOwnBreakers: boolean): Outcome {
  const { outages } = scenario;
  const healthyUntil = outages[0]?.from ?? lengthOf(scenario);
  const healthyCalls = log.calls.filter(({ arrivedAt }) => arrivedAt < healthyUntil).length;
  const { reads, writes } = log.healthyRequests;
  const recoveries = outages.map((outage, index) => recoveryOf(log.calls, outage, outages[index + 1]?.from));
  const wellCalls = log.calls.filter(({ arrivedAt }) => isWell(arrivedAt, outages, recoveries));
  const refused = wellCalls.filter(({ begunAt }) => begunAt === undefined).length;
  const count = (wanted: string) => log.changes.filter(({ change }) => change === wanted).length;
  return {
    readsPerMillion: perMillion(reads, healthyCalls),
    writesPerMillion: perMillion(writes, healthyCalls),
    dollarsPerMillion: dollars(reads, writes) / healthyCalls,
    dollarsPerMillionInAll: dollars(log.requests.reads, log.requests.writes) / log.calls.length,
    waitingMs: waitingMs(log.calls),
    openedAfterS: most(outages.map((outage) => openedAfterS(log, outage))),
    deadCalls: log.calls.filter((call) => isDead(call, outages)).length,
    deadCallsUnprotected: Math.round(
      outages.reduce((sum, outage) => sum + outage.share * arrivalsIn(log.calls, outage), 0),
    ),
    probesAtOnce: most(outages.map((outage) => probesAtOnce(log.calls, outage))),
    recoveredAfterS: most(recoveries),
    opened: count('opened'),
    reopened: count('reopened'),
    closed: count('closed'),
    falseOpens: falseOpens(log, outages, hasOwnBreakers),
    refusedWhileWell: refused,
    refusedShare: wellCalls.length === 0 ? 0 : refused / wellCalls.length,
  };
}

/** The median of each figure; of runs of which some have none, of the others. */
export function medianOf(outcomes: readonly Outcome[]): Outcome {
  const names = Object.keys(outcomes[0] ?? {}) as (keyof Outcome)[];
  const medians = names.map((name) => {
    const values = outcomes.map((outcome) => outcome[name]).filter((value) => value !== undefined);
    return [name, values.sort((one, other) => one - other)[Math.floor(values.length / 2)]] as const;
  });
  return Object.fromEntries(medians) as unknown as Outcome;
}

function dollars(reads: number, writes: number): number {
  return reads * READ_DOLLARS + writes * WRITE_DOLLARS;
}

function perMillion(requests: number, calls: number): number {
  return (requests / calls) * 1e6;
}

function waitingMs(calls: readonly CallRecord[]): number {
  let waited = 0;
  let ended = 0;
  for (const { arrivedAt, begunAt, endedAt, workMs } of calls) {
    if (begunAt === undefined || endedAt === undefined) continue;
    waited += (endedAt - arrivedAt) * 1000 - workMs;
    ended += 1;
  }
  return waited / ended;
}

function isIn(at: number, { from, seconds }: Outage): boolean {
  return at >= from && at < from + seconds;
}

function arrivalsIn(calls: readonly CallRecord[], outage: Outage): number {
  return calls.filter(({ arrivedAt }) => isIn(arrivedAt, outage)).length;
}

function isDead({ begunAt, hasFailed, endedAt, workMs }: CallRecord, outages: readonly Outage[]): boolean {
  if (begunAt === undefined) return false;
  const hasDied = endedAt === undefined && workMs === 0;
  return (hasFailed || hasDied) && outages.some((outage) => isIn(begunAt, outage));
}

function openedAfterS({ changes }: FleetLog, { from, seconds }: Outage): number | undefined {
  const first = changes.find(({ at, change }) => change === 'opened' && at >= from && at < from + seconds + GRACE_S);
  return first && first.at - from;
}

function probesAtOnce(calls: readonly CallRecord[], outage: Outage): number | undefined {
  const edges: { at: number; by: number }[] = [];
  for (const { begunAt, isProbe, workMs } of calls) {
    if (!isProbe || begunAt === undefined || !isIn(begunAt, outage)) continue;
    edges.push({ at: begunAt, by: 1 }, { at: begunAt + workMs / 1000, by: -1 });
  }
  edges.sort((one, other) => one.at - other.at || one.by - other.by);
  let under = 0;
  let highest = 0;
  for (const { by } of edges) {
    under += by;
    highest = Math.max(highest, under);
  }
  return highest;
}

/** Looks at the calls from the end of an outage to the next one. */
function recoveryOf(
  calls: readonly CallRecord[],
  { from, seconds }: Outage,
  nextAt = Number.POSITIVE_INFINITY,
): number {
  const end = from + seconds;
  const after = calls.filter(({ arrivedAt }) => arrivedAt >= end && arrivedAt < nextAt);
  const through = [0];
  for (const { begunAt } of after) through.push((through.at(-1) ?? 0) + (begunAt === undefined ? 0 : 1));
  let last = 0;
  for (const [index, { arrivedAt, begunAt }] of after.entries()) {
    if (begunAt === undefined) continue;
    while (
      last < after.length &&
      (last - index < NEXT_CALLS || (after[last]?.arrivedAt ?? 0) < arrivedAt + NEXT_SECONDS)
    ) {
      last += 1;
    }
    const share = ((through[last] ?? 0) - (through[index] ?? 0)) / (last - index);
    if (share >= LET_THROUGH) return index === 0 ? 0 : arrivedAt - end;
  }
  return after.length === 0 ? 0 : Number.POSITIVE_INFINITY;
}

function isWell(at: number, outages: readonly Outage[], recoveries: readonly number[]): boolean {
  return !outages.some(({ from, seconds }, index) => {
    const recoveredAfterS = recoveries[index] ?? 0;
    return at >= from && at < from + seconds + recoveredAfterS + NEXT_SECONDS;
  });
}

function falseOpens({ changes, isBroken }: FleetLog, outages: readonly Outage[], hasOwnBreakers: boolean): number {
  return changes.filter(({ at, change, instance }) => {
    if (change !== 'opened' || (hasOwnBreakers && isBroken(instance))) return false;
    return !outages.some(
      ({ from, seconds, failureMs }) => at >= from && at < from + seconds + failureMs / 1000 + GRACE_S,
    );
  }).length;
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
