import { EVENT_STRIKES } from './event-strikes';
import type { Edge, Fate, Phase } from './fates';
import { FAULT_CLASSES, type FaultClassName, findReasonNotToTry, type Point } from './fault-classes';
import { FORWARD_STRIKES } from './forward-strikes';
import { REPAIR_STRIKES } from './repair-strikes';

/** Which calls a cell strikes. */
export interface Target {
  readonly phase: Phase;
  readonly edges: readonly Edge[];
  /** Of the call's name; default all. */
  readonly names?: RegExp;
  /** Only writes, or only reads; default both. */
  readonly writes?: boolean;
}

/**
 * How a cell strikes. `bursts`: of the calls of one name for one order some are struck in a row: none, one, a few, or all.
 * `stubborn`: half of the names are struck on every call, the others never. `always`: every call is struck. `once`: at most one call of a name. `outage`: most
 * functions or parties are down, for everybody, for ten minutes unless the rule says how long.
 */
export type Pace = 'bursts' | 'stubborn' | 'always' | 'once' | 'outage';

/** What a fault class means at a point, as data. */
export interface StrikeRule {
  /** One line for the documents. */
  readonly meaning: string;
  readonly fates: readonly Fate[];
  /** Mixed in, and not counted as faults of the cell: they bring an order to where the fates above matter. */
  readonly amid?: readonly Fate[];
  /** Default `bursts`. */
  readonly pace?: Pace;
  /** How long an outage lasts. */
  readonly lastsMs?: number;
  /** What is struck where it is not all of the point. */
  readonly only?: Partial<Omit<Target, 'phase'>>;
}

/** A place of the table: a fault class at a point. */
export interface Cell {
  /** Such as `F3/2`. */
  readonly name: string;
  readonly faultClass: FaultClassName;
  readonly point: Point;
  /** Absent where there is nothing to strike yet. */
  readonly rule?: StrikeRule;
  /** Why it is not tried yet. */
  readonly notYet?: string;
}

const TARGETS: Partial<Record<Point, readonly Target[]>> = {
  1: [
    { phase: 'forward', edges: ['api', 'stream', 'states'] },
    { phase: 'forward', edges: ['table'], names: /^orders PutItem$/ },
  ],
  2: [{ phase: 'forward', edges: ['lambda'] }],
  3: [{ phase: 'forward', edges: ['table'] }],
  4: [{ phase: 'forward', edges: ['party'] }],
  5: [{ phase: 'events', edges: ['stream', 'bus'], names: /relay-events$|PutEvents$/ }],
  6: [{ phase: 'events', edges: ['rule'] }],
  7: [{ phase: 'events', edges: ['queue', 'table', 'party'] }],
  8: [{ phase: 'undo', edges: ['lambda', 'table', 'party'] }],
  9: [{ phase: 'repair', edges: ['lambda', 'table', 'party', 'states'] }],
};

/** What a cell strikes: its point, or the part of it that its rule names. */
export function targetsOf({ point, rule }: Cell): readonly Target[] {
  return (TARGETS[point] ?? []).map((target) => ({ ...target, ...rule?.only }));
}

/** Every place of the table that is marked, class by class. */
export const CELLS: readonly Cell[] = Object.entries(FAULT_CLASSES).flatMap(([faultClass, { points }]) =>
  points.map((point) => toCell(faultClass as FaultClassName, point)),
);

function toCell(faultClass: FaultClassName, point: Point): Cell {
  const name = `${faultClass}/${point}`;
  const notYet = findReasonNotToTry(faultClass, point);
  if (notYet !== undefined) return { name, faultClass, point, notYet };
  const rule = { ...FORWARD_STRIKES, ...EVENT_STRIKES, ...REPAIR_STRIKES }[name];
  if (!rule) throw new Error(`no rule says what ${name} means`);
  return { name, faultClass, point, rule };
}

/** The cells that are tried. */
export const ACTIVE_CELLS: readonly Cell[] = CELLS.filter(({ rule }) => rule !== undefined);
