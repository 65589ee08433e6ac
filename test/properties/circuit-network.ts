import { AsyncLocalStorage } from 'node:async_hooks';
import type fc from 'fast-check';
import { readItem } from '../../lib/circuit-breaker/circuit-item';
import type {
  CircuitKey,
  CircuitStore,
  ItemUpdate,
  StoredItem,
  WriteOutcome,
} from '../../lib/circuit-breaker/circuit-store';
import { memoryCircuitStore } from '../../lib/circuit-breaker/memory-circuit-store';
import type { ManualClock } from '../support/manual-clock';
import type { Call, CircuitJudge, Told, Written } from './circuit-judge';

/**
 * What becomes of a request to the store: it is answered; it is refused, as when the store throttles; it takes effect, and the
 * connection breaks; it takes effect, or does not, and nothing is heard until the client of the store gives up.
 */
export type StoreFate = 'ok' | 'refused' | 'reply lost' | 'unanswered' | 'unheard';

/** Changes what an instance writes: a bug planted from outside. */
export type Tamper = (update: ItemUpdate) => ItemUpdate;

/** The longest that a caller may wait for the store, before its call and again after it: the default of the library. */
export const CALLER_LIMIT_MS = 100;
/** After this the client of the store gives up. */
const STORE_LIMIT_MS = 3_000;
export const KEY: CircuitKey = { service: 'shipping', circuit: 'carrier' };

/** The call for which something is sent. One for all runs: each slows every promise of the process down, for good. */
export const callOf = new AsyncLocalStorage<Call>();

/** A process of the fleet, as those outside see it. */
export class Instance {
  state: 'runs' | 'frozen' | 'dead' = 'runs';
  told: Told;
  /** What it was told first, once it was: what calls that began before count in. */
  readonly first: { told: Told } = { told: undefined };
  /** Since a call has waited for the store in vain, until a lease is granted or refused in time. */
  isAlone = false;
  /** When it last slept; without end while it does. */
  frozenAt = 0;
  /** What falls due while it is frozen. */
  private held: (() => void)[] = [];

  constructor(readonly index: number) {}

  /** Lets it know of something: when it wakes, if it sleeps. */
  reach(action: () => void): void {
    if (this.state === 'runs') action();
    if (this.state === 'frozen') this.held.push(action);
  }

  freeze(): void {
    if (this.state !== 'runs') return;
    this.state = 'frozen';
    this.frozenAt = Number.POSITIVE_INFINITY;
  }

  wake(now: number): void {
    if (this.state !== 'frozen') return;
    this.state = 'runs';
    this.frozenAt = now;
    for (const action of this.held.splice(0)) this.reach(action);
  }

  /** It gets to know an item; what is older than what it knows tells it nothing. */
  hear(item: StoredItem | undefined): void {
    const read = item === undefined ? undefined : readItem(item);
    const known = typeof this.told === 'object' ? this.told : undefined;
    if (!read) this.told = known ?? 'none';
    else if (!known || read.epoch > known.epoch || (read.epoch === known.epoch && read.fence >= known.fence)) {
      this.told = read;
    }
    this.first.told ??= this.told;
  }
}

/** The way to the one store, from each instance and from the operators. */
export class CircuitNetwork {
  private readonly store = memoryCircuitStore();
  private stored: StoredItem | undefined;

  constructor(
    private readonly time: ManualClock,
    private readonly scheduler: fc.Scheduler,
    private readonly court: CircuitJudge,
    private readonly fates: StoreFate[],
    private readonly tamper: Tamper,
  ) {}

  /** The store as an instance has it, whose clock shows `now`. */
  from(instance: Instance, now: () => number): CircuitStore {
    return {
      load: (service) =>
        this.send(
          instance,
          'look',
          () => this.store.load(service),
          (items) => instance.hear(items.get(KEY.circuit)),
        ),
      write: (key, wanted) => {
        const update = this.tamper(wanted);
        const call = callOf.getStore();
        const by = { instance: instance.index, call, told: instance.told, now: now() };
        const isLease = wanted.when.some(({ attribute }) => attribute === 'until');
        const answered = ({ applied, item }: WriteOutcome) => {
          if (isLease && applied && call && this.time.now() - call.askedAt < CALLER_LIMIT_MS) call.isProbe = true;
          instance.hear(item);
        };
        return this.send(instance, isLease ? 'lease' : 'write', () => this.write(key, update, by), answered);
      },
    };
  }

  /** The store as operators have it: nothing goes wrong on their machine, but it is no faster than others. */
  fromDesk(): CircuitStore {
    return {
      load: (service) => this.scheduler.schedule(this.store.load(service), 'an operator looks'),
      write: async (key, update) => {
        await this.scheduler.schedule(Promise.resolve(), 'an operator writes');
        return this.write(key, update, undefined);
      },
    };
  }

  private async write(key: CircuitKey, update: ItemUpdate, by: Written['by']): Promise<WriteOutcome> {
    const outcome = await this.store.write(key, update);
    if (!outcome.applied) return outcome;
    this.court.written({ ...(by && { by }), before: this.stored, after: outcome.item });
    this.stored = outcome.item;
    return outcome;
  }

  private send<T>(
    instance: Instance,
    what: string,
    effect: () => Promise<T>,
    answered: (value: T) => void,
  ): Promise<T> {
    const fate = this.fates.shift() ?? 'ok';
    const sentAt = this.time.now();
    return new Promise((resolve, reject) => {
      const end = (outcome: { value: T } | undefined) => {
        const isLate = outcome === undefined || this.time.now() - sentAt >= CALLER_LIMIT_MS;
        if (what === 'lease') instance.isAlone = isLate;
        if (!outcome) return reject(new Error(`the store is in trouble: ${fate}`));
        answered(outcome.value);
        resolve(outcome.value);
      };
      void this.travel(`${what} of ${instance.index}`, fate, effect, (outcome) => instance.reach(() => end(outcome)));
    });
  }

  private async travel<T>(
    what: string,
    fate: StoreFate,
    effect: () => Promise<T>,
    end: (outcome: { value: T } | undefined) => void,
  ): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), `${what} takes effect`);
    const isLost = fate === 'refused' || fate === 'unheard';
    const outcome = isLost ? undefined : { value: await effect() };
    await this.scheduler.schedule(Promise.resolve(), `${what} is answered`);
    if (fate === 'ok') end(outcome);
    else if (fate === 'refused' || fate === 'reply lost') end(undefined);
    else this.time.after(STORE_LIMIT_MS, () => end(undefined));
  }
}
