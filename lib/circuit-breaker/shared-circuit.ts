import type { CircuitClock } from './circuit-clock';
import { type CircuitItem, readItem } from './circuit-item';
import type { CircuitKey, CircuitStore, ItemUpdate, StoredItem, WriteOutcome } from './circuit-store';
import type { CircuitSettings } from './options';
import type { Annotate, Transition } from './transition';
import { failureShare, sampleShare } from './trip-rule';

/** What a circuit shares with the others of its process. */
export interface SharedDependencies {
  readonly store: CircuitStore;
  readonly clock: CircuitClock;
  readonly random: () => number;
  /** 0 to 15. */
  readonly reporter: number;
  readonly storeTimeoutMs: number;
  readonly onTransition: (transition: Transition) => void;
  readonly annotate: Annotate;
}

/** What is known of the fleet's circuit. `unknown`: nothing yet. `absent`: there is no item. `unreadable`: it is none of ours. */
export type View = 'unknown' | 'absent' | 'unreadable' | CircuitItem;

/** A look that finds no item is believed only when one that we know is older: right after a write, a read may still miss it. */
const MISSED_READ_MS = 2_000;

/** What a call knows of the fleet's circuit when it begins: a number, `undefined` where there is no item yet, `null` where nothing is known. */
export type Epoch = number | undefined | null;

/**
 * The circuit that the fleet shares, as one instance knows it. Every decision is made on the item that the last write answered, and holds
 * only if the item is still in the same epoch.
 */
export class SharedCircuit {
  view: View = 'unknown';
  /** When the view was asked for. */
  viewAt = Number.NEGATIVE_INFINITY;
  /** The share of successes that is told. */
  sampleShare = 1;
  /** The share of failures that is told. */
  failureShare = 1;
  /** What calls count in that began before anything was known: the epoch known first, if it had begun before they were let through. */
  private first: Epoch = null;
  /** When this instance learned of the epoch, by its own clock. */
  learnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly key: CircuitKey,
    readonly settings: CircuitSettings,
    readonly use: SharedDependencies,
    private readonly onChange: (view: View) => void,
  ) {}

  get epoch(): Epoch {
    if (this.view === 'absent') return undefined;
    return typeof this.view === 'object' ? this.view.epoch : null;
  }

  /** Takes what a look or a write has answered, unless something newer is known. */
  adopt(stored: StoredItem | undefined, askedAt: number, by: 'look' | 'write' = 'look'): void {
    const known = typeof this.view === 'object' ? this.view : undefined;
    if (stored === undefined) {
      if (by === 'look' && known && askedAt - this.viewAt < MISSED_READ_MS) return;
      this.show('absent', askedAt);
      return;
    }
    const item = readItem(stored);
    const isOlder =
      item && known && (item.epoch < known.epoch || (item.epoch === known.epoch && item.fence < known.fence));
    // One that was deleted and made anew, by a clock that is behind, looks older too: it is believed after a moment.
    if (isOlder && askedAt - this.viewAt < MISSED_READ_MS) return;
    this.show(item ?? 'unreadable', askedAt);
  }

  private show(view: View, askedAt: number): void {
    if (this.view === 'unknown') this.first = firstEpoch(view, askedAt);
    const isOther = identityOf(view) !== identityOf(this.view);
    this.view = view;
    this.viewAt = Math.max(this.viewAt, askedAt);
    const now = this.use.clock.now();
    this.sampleShare = typeof view === 'object' ? sampleShare(view, now) : 1;
    this.failureShare = typeof view === 'object' ? failureShare(view, now) : 1;
    if (!isOther) return;
    this.learnedAt = this.use.clock.now();
    this.onChange(view);
  }

  /** Whether what a call of an epoch comes to counts still: it is closed, and has been all the time. */
  counts(epoch: Epoch): boolean {
    if (epoch === null) return this.first !== null && this.counts(this.first);
    if (this.view === 'absent') return epoch === undefined;
    if (typeof this.view !== 'object' || this.view.state !== 'CLOSED' || this.view.mode) return false;
    // An item that was made since, and has never been open, is as good as none.
    return (
      epoch === this.view.epoch || (epoch === undefined && this.view.openedAt === undefined && this.view.fence === 0)
    );
  }

  /** Moves the circuit, and tells of it if it was us. */
  async transit(update: ItemUpdate, what: Pick<Transition, 'kind' | 'cause' | 'failures' | 'at'>): Promise<void> {
    const { set = {} } = update;
    const known = this.view as CircuitItem;
    const transition: Transition = {
      ...what,
      ...this.key,
      epoch: (set.epoch as number | undefined) ?? known.epoch,
      ...(what.kind !== 'closed' && { retryAt: set.until as number }),
    };
    const extra = what.kind === 'reopened' ? {} : this.use.annotate(transition);
    const outcome = await this.write({
      ...update,
      set: { ...set, ...extra.set },
      ...((update.add ?? extra.add) && { add: { ...update.add, ...extra.add } }),
    });
    if (outcome.applied) this.use.onTransition(transition);
  }

  /** Makes a write, and takes what it answers. @throws what the store throws */
  async write(update: ItemUpdate): Promise<WriteOutcome> {
    const askedAt = this.use.clock.now();
    const outcome = await this.use.store.write(this.key, update);
    this.adopt(outcome.item, askedAt, 'write');
    return outcome;
  }
}

/** The look was sent before those calls began: what it found closed was so already, unless it had closed just then. */
function firstEpoch(view: View, askedAt: number): Epoch {
  if (view === 'absent') return undefined;
  return typeof view === 'object' && (view.closedAt ?? 0) < askedAt ? view.epoch : null;
}

function identityOf(view: View): string | number {
  return typeof view === 'object' ? view.epoch : view;
}
