import type { CircuitClock } from '../../../lib/circuit-breaker/circuit-clock';
import type { StoreTrouble } from './scenario';
import { SimulatedStore } from './simulated-store';
import type { VirtualTime } from './virtual-time';

/** `reopened`: it was open, was tried, and stays open. */
export type Change = 'opened' | 'reopened' | 'closed';

/** What a breaker has of the world, for all its instances. */
export interface World {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly troubles: readonly (Pick<StoreTrouble, 'kind'> & { readonly fromAt: number; readonly toAt: number })[];
  /** The clock of an instance: it may be wrong. What waits by it is woken when the instance is awake. */
  clockOf(instance: number): CircuitClock;
  /** Lets a promise of the outside end for an instance when that is awake: between two calls it is frozen. */
  awake<T>(instance: number, answer: Promise<T>): Promise<T>;
  /** To be told of every change that some instance believes to have made. */
  noteChange(change: Change, instance: number): void;
}

/** The call to the party; a breaker says whether it is made to find out if the party is well again. */
export type Work = (isProbe: boolean) => Promise<void>;

/** The breaker of one instance: calls `work`, or does not. What it answers or throws is nobody's business. */
export type Guard = (work: Work) => Promise<unknown>;

/** What requests were billed so far. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

/** A breaker that takes part. */
export interface Contender {
  /** Short. */
  readonly name: string;
  /** Each instance decides by itself. */
  readonly isAlone?: true;
  /** Makes its store, and answers what makes each instance. */
  start(world: World): { instance(index: number): Guard; requests(): Requests };
}

/** A simulated store for one item, in a world. */
export function storeIn<T>({ time, random, troubles }: World): SimulatedStore<T> {
  return new SimulatedStore<T>(time, random, troubles);
}
