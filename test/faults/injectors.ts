import { type Cell, type Pace, type Target, targetsOf } from './cells';
import { draw, pick } from './draw';
import { FAILS, STEPS } from './fate-lists';
import { type Call, type Edge, type Fate, type Injector, OK } from './fates';
import type { Strike } from './simulation';

/** One kind of trouble: what it strikes, with which fates, how. */
interface Trouble {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly fates: readonly Fate[];
  readonly pace: Pace;
  /** Of an outage. */
  readonly lastsMs?: number;
}

const OUTAGE_MS = 10 * 60_000;

/** A repair needs something to repair: first executions are stopped half-way, or cannot undo. */
const BEFORE_A_REPAIR: readonly Trouble[] = [
  {
    name: 'stopped half-way',
    targets: [{ phase: 'forward', ...STEPS }],
    fates: [{ kind: 'stop' }],
    pace: 'once',
  },
  {
    name: 'cannot undo',
    targets: [{ phase: 'undo', ...STEPS }],
    fates: FAILS,
    pace: 'bursts',
  },
];

/** An undo of what never ran needs steps that never run. */
const BEFORE_A_NULL_UNDO: readonly Trouble[] = [
  {
    name: 'never runs',
    targets: [{ phase: 'forward', ...STEPS }],
    fates: FAILS,
    pace: 'stubborn',
  },
];

/**
 * The injector of a cell, or of several at once: of two that would strike the same call, the first does. What strikes is decided
 * by the seed and by what the call is, not by what was called before, so the same call of a smaller run meets the same fate.
 */
export function injectorOf(cells: readonly Cell[], seed: number): Injector {
  const troubles = cells.flatMap(troublesOf);
  let startedAt: number | undefined;
  return (call) => {
    startedAt ??= call.at;
    const trouble = troubles.find((each) => strikes(each, seed, call, call.at - (startedAt ?? call.at)));
    return trouble ? fateOf(trouble, seed, call) : OK;
  };
}

/** Whether a strike is one of the cell itself, and not of the trouble that it needs beforehand. */
export function isOf(cell: Cell, { call, fate }: Strike): boolean {
  const kinds = cell.rule?.fates.map(({ kind }) => kind) ?? [];
  return kinds.includes(fate.kind) && targetsOf(cell).some((target) => isOn(target, call));
}

/** Carries out the given strikes and no others. */
export function replayOf(strikes: readonly Strike[]): Injector {
  const fates = new Map(strikes.map(({ call, fate }) => [keyOf(call), fate]));
  return (call) => fates.get(keyOf(call)) ?? OK;
}

/** Which call it is, in every run with its order. */
export function keyOf({ edge, name, orderId = '-', nth }: Call): string {
  return `${edge} ${name} ${orderId} ${nth}`;
}

function troublesOf(cell: Cell): Trouble[] {
  if (!cell.rule) return [];
  const { fates, amid = [], pace = 'bursts', lastsMs = OUTAGE_MS } = cell.rule;
  const beforehand = cell.point === 9 ? BEFORE_A_REPAIR : cell.name === 'F4/8' ? BEFORE_A_NULL_UNDO : [];
  return [{ name: cell.name, targets: targetsOf(cell), fates: [...fates, ...amid], pace, lastsMs }, ...beforehand];
}

function isOn({ phase, edges, names, writes }: Target, call: Call): boolean {
  if (call.phase !== phase || !edges.includes(call.edge)) return false;
  return (names?.test(call.name) ?? true) && (writes === undefined || writes === (call.isWrite ?? false));
}

function strikes(
  { name, targets, pace, lastsMs = OUTAGE_MS }: Trouble,
  seed: number,
  call: Call,
  elapsedMs: number,
): boolean {
  if (!targets.some((target) => isOn(target, call))) return false;
  const where = `${name}, ${call.orderId ?? 'no order'}, ${call.name}`;
  switch (pace) {
    case 'bursts':
      return call.orderId === undefined ? draw(seed, `${where}, ${call.nth}`) < 0.3 : isInBurst(seed, where, call.nth);
    case 'stubborn':
      return draw(seed, where) < 0.5;
    case 'always':
      return true;
    case 'once':
      return draw(seed, where) < 0.5 && call.nth === pick(seed, `${where}, which`, [0, 0, 0, 1]);
    case 'outage': {
      const party = call.name.split(' ')[0];
      // Half of them from the start on, when most orders are placed.
      const beginsAfterMs = 60_000 * Math.max(0, 2 * draw(seed, `${name}, ${party}, when`) - 1);
      const isDown = elapsedMs >= beginsAfterMs && elapsedMs < beginsAfterMs + lastsMs;
      return isDown && draw(seed, `${name}, ${party}`) < 0.75;
    }
  }
}

function isInBurst(seed: number, where: string, nth: number): boolean {
  if (draw(seed, `${where}, at all`) < 0.4) return false;
  const first = pick(seed, `${where}, first`, [0, 0, 0, 0, 1, 2]);
  const length = pick(seed, `${where}, length`, [1, 1, 1, 2, 4, Number.POSITIVE_INFINITY]);
  return nth >= first && nth < first + length;
}

function fateOf({ name, fates }: Trouble, seed: number, call: Call): Fate {
  const fate = pick(seed, `${name}, ${keyOf(call)}, fate`, fates);
  if (fate.kind !== 'error-before' && fate.kind !== 'error-after') return fate;
  const error = fate.error === undefined ? undefined : (ERRORS[call.edge]?.[fate.error] ?? fate.error);
  return error === undefined ? fate : { ...fate, error };
}

/** What an HTTP status is at an edge whose errors have names. */
const ERRORS: Partial<Record<Edge, Readonly<Record<string, string>>>> = {
  stream: { 429: 'TooManyRequestsException', 500: 'ServiceException', 503: 'ServiceException' },
  bus: { 429: 'ThrottlingException', 500: 'InternalException', 503: 'ServiceUnavailable' },
  rule: { 429: 'ThrottlingException', 500: 'InternalError', 503: 'ServiceUnavailable' },
  queue: { 429: 'TooManyRequestsException', 500: 'ServiceException', 503: 'ServiceException' },
  states: { 429: 'ThrottlingException', 500: 'InternalFailure', 503: 'ServiceUnavailable' },
  lambda: {
    429: 'Lambda.TooManyRequestsException',
    500: 'Lambda.ServiceException',
    503: 'Lambda.AWSLambdaException',
  },
  table: { 429: 'ProvisionedThroughputExceededException', 500: 'InternalServerError', 503: 'InternalServerError' },
};
