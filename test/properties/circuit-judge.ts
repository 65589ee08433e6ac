import { type CircuitItem, readItem } from '../../lib/circuit-breaker/circuit-item';
import type { StoredItem } from '../../lib/circuit-breaker/circuit-store';
import type { Verdict } from '../../lib/circuit-breaker/options';
import type { Annotate, Transition } from '../../lib/circuit-breaker/transition';

/** What must hold of a fleet's circuit at any time, whatever happens to the instances, the network and the clocks. */
export type Invariant =
  | 'the epoch grows by one with each change, and along allowed edges only'
  | 'nobody changes a circuit without knowing its epoch'
  | 'one lease at a time, and one outcome of each'
  | 'a result counts in the epoch in which its call began, or not at all'
  | 'who knows of the open circuit sends nothing but the probe'
  | 'each opening and each closing is told once'
  | 'the store is never the trouble of a caller'
  | 'a forced mode is left to operators';

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
}

/** What an instance has been told by the store. `none`: that there is no item. */
export type Told = CircuitItem | 'none' | undefined;

/** A call, from the moment in which it is asked for. Instants are true ones. */
export interface Call {
  readonly instance: number;
  readonly askedAt: number;
  startedAt?: number;
  /** What was known when it began. */
  told?: Told;
  /** What its instance was told first, when it was. */
  first?: { readonly told: Told };
  /** The lease that was taken for it, and by its instance's own clock until when. */
  lease?: { readonly epoch: number; readonly fence: number; readonly until: number };
  /** It got its lease in time, and is the probe. */
  isProbe?: true;
  /** How it ended. */
  verdict?: Verdict;
  endedAt?: number;
  isSettled?: true;
}

/** A write that was made. `by`: the instance, and the call for which it was sent if it is known; an operator's has none. */
export interface Written {
  readonly by?: {
    readonly instance: number;
    readonly call: Call | undefined;
    readonly told: Told;
    readonly now: number;
  };
  readonly before: StoredItem | undefined;
  readonly after: StoredItem;
}

/** Written with each transition: an outbox of one. */
export const annotate: Annotate = ({ kind, epoch }) => ({ set: { told: `${kind} ${epoch}` }, add: { tellings: 1 } });

const CONTROLS = [
  ...(['state', 'mode', 'openedAt', 'closedAt', 'until', 'breaks', 'leaseUntil', 'fence', 'probeSuccesses'] as const),
];

/** Looks at everything that is written and called, and keeps what is wrong. */
export class CircuitJudge {
  readonly violations: Violation[] = [];
  readonly calls: Call[] = [];
  item: CircuitItem | undefined;
  private lastEpoch = 0;
  private readonly firstEpochs = new Set<number>();
  private readonly committed = new Map<string, number>();
  private readonly told = new Map<string, number>();
  private readonly reported = new Map<string, number>();
  private readonly outcomes = new Set<string>();

  /**
   * @param areClocksRight all instances have the true time
   * @param isSlow whether a call has been under way for longer than it may
   */
  constructor(
    private readonly areClocksRight: boolean,
    private readonly isSlow: (call: Call) => boolean,
  ) {}

  say(invariant: Invariant, text: string): void {
    this.violations.push({ invariant, text });
  }

  written(write: Written): void {
    const before = write.before && readItem(write.before);
    const after = readItem(write.after);
    if (!after) {
      this.say('the epoch grows by one with each change, and along allowed edges only', 'unreadable');
      return;
    }
    this.item = after;
    if (before) {
      this.judgeEdge(write, before, after);
      this.judgeTold(write, before, after);
      if (write.by) this.judgeInstance(write.by, before, after);
    } else this.judgeNew(after);
    this.lastEpoch = Math.max(this.lastEpoch, after.epoch);
  }

  /** An instance says that it has made a transition. */
  announced(instance: number, { kind, epoch }: Transition): void {
    if (kind === 'reopened') return;
    const key = `${kind} ${epoch}`;
    const times = (this.told.get(key) ?? 0) + 1;
    this.told.set(key, times);
    const isTrue = this.committed.get(key) === instance;
    if (times > 1 || !isTrue) {
      this.say('each opening and each closing is told once', `${instance} announces ${key}, for time ${times}`);
    }
  }

  /** The outside party gets a call. `mayBeAlone`: the store has left the instance alone with its own circuit. */
  started(call: Call, now: { readonly true: number; readonly own: number }, mayBeAlone: boolean): void {
    const { told, instance, lease, isProbe } = call;
    if (typeof told === 'object') {
      const isIsolated = told.mode === 'isolated';
      if (isIsolated) this.say('a forced mode is left to operators', `${instance} calls an isolated party`);
      const isOpen = told.mode === undefined && told.state === 'OPEN';
      const isEarly = now.own < told.until;
      if (isOpen && !isProbe && (isEarly || !mayBeAlone)) {
        this.say(
          'who knows of the open circuit sends nothing but the probe',
          `${instance} calls at ${now.own - told.until}`,
        );
      }
    }
    const isOther = (it: Call) => it !== call && it.endedAt === undefined && it.startedAt !== undefined;
    const others = this.calls.filter((it) => it.isProbe && isOther(it) && it.lease?.epoch === lease?.epoch);
    if (isProbe && this.areClocksRight && others.some((it) => it.lease && it.lease.until > now.true)) {
      this.say('one lease at a time, and one outcome of each', `${instance} probes beside ${others[0]?.instance}`);
    }
  }

  private judgeNew(after: CircuitItem): void {
    this.firstEpochs.add(after.epoch);
    const isClosed = after.state === 'CLOSED' && after.mode === undefined;
    if (!isClosed || (this.areClocksRight && after.epoch <= this.lastEpoch)) {
      this.say('the epoch grows by one with each change, and along allowed edges only', 'a new item is no beginning');
    }
  }

  private judgeEdge({ by }: Written, before: CircuitItem, after: CircuitItem): void {
    const hasMoved = before.state !== after.state || before.mode !== after.mode;
    const growth = after.epoch - before.epoch;
    if (growth !== (hasMoved ? 1 : 0)) {
      const edge = `${before.mode} ${before.state} to ${after.mode} ${after.state}`;
      this.say('the epoch grows by one with each change, and along allowed edges only', `by ${growth}: ${edge}`);
    }
    if (!by || !hasMoved) return;
    if (before.mode !== after.mode || before.mode !== undefined) {
      this.say('a forced mode is left to operators', `${by.instance} moves ${before.mode} to ${after.mode}`);
    }
  }

  private judgeTold({ by, before: stored = {}, after: left }: Written, before: CircuitItem, after: CircuitItem): void {
    const kind = isOpen(before) === isOpen(after) ? undefined : isOpen(after) ? 'opened' : 'closed';
    const isSilent = left.tellings === stored.tellings && left.told === stored.told;
    const isTold = left.tellings === Number(stored.tellings ?? 0) + 1 && left.told === `${kind} ${after.epoch}`;
    if (kind ? !isTold : !isSilent) {
      this.say('each opening and each closing is told once', `${kind} ${after.epoch} is told as ${left.told}`);
    }
    if (kind) this.committed.set(`${kind} ${after.epoch}`, by ? by.instance : -1);
  }

  private judgeInstance(by: NonNullable<Written['by']>, before: CircuitItem, after: CircuitItem): void {
    const changed = CONTROLS.filter((name) => before[name] !== after[name]);
    const toldEpoch = typeof by.told === 'object' ? by.told.epoch : undefined;
    if (changed.length > 0 && toldEpoch !== before.epoch) {
      const text = `${by.instance} changes ${changed} in ${before.epoch}, knowing ${toldEpoch}`;
      this.say('nobody changes a circuit without knowing its epoch', text);
    }
    if (before.state === 'OPEN') this.judgeLease(by, before, after);
    else this.judgeCounts(by.instance, before, after);
  }

  private judgeLease(by: NonNullable<Written['by']>, before: CircuitItem, after: CircuitItem): void {
    const wrong = (text: string) =>
      this.say(
        'one lease at a time, and one outcome of each',
        `${by.instance} ${text} ${before.epoch}/${before.fence}`,
      );
    if (after.fence !== before.fence) {
      if (by.call) by.call.lease = { epoch: after.epoch, fence: after.fence, until: after.leaseUntil };
      const isFree = before.until <= by.now && before.leaseUntil <= by.now;
      if (!isFree || after.fence !== before.fence + 1 || after.leaseUntil <= by.now) wrong('takes the lease after');
      return;
    }
    const isSame = CONTROLS.every((name) => before[name] === after[name]);
    if (isSame) return;
    const holder = this.calls.find(({ lease }) => lease?.epoch === before.epoch && lease.fence === before.fence);
    if (holder?.instance !== by.instance) {
      wrong('speaks for the lease of another,');
      return;
    }
    const isSuccess = after.state === 'CLOSED' || after.probeSuccesses > before.probeSuccesses;
    const isRelease = !isSuccess && after.until === before.until;
    const key = `${before.epoch}/${before.fence}`;
    if (this.outcomes.has(key)) wrong('gives a second outcome of');
    this.outcomes.add(key);
    const claimed: Verdict = isSuccess ? 'success' : isRelease ? 'ignored' : 'failure';
    const isUnused = isRelease && (holder.startedAt === undefined || !holder.isProbe);
    const isTrue = holder.isProbe && (this.isSlow(holder) ? claimed === 'failure' : holder.verdict === claimed);
    if (!isTrue && !isUnused) wrong(`says ${claimed}, and it was ${holder.verdict}:`);
  }

  private judgeCounts(instance: number, before: CircuitItem, after: CircuitItem): void {
    const { epoch } = before;
    const isOf = ({ told, first }: Call) => {
      const known = told ?? first?.told;
      return typeof known === 'object' ? known.epoch === epoch : known === 'none' && this.firstEpochs.has(epoch);
    };
    const isOver = (call: Call) => call.endedAt !== undefined || this.isSlow(call);
    const own = this.calls.filter((call) => call.instance === instance && isOver(call) && isOf(call));
    const key = `${instance} ${epoch}`;
    const failures = (this.reported.get(key) ?? 0) + growth(before, after, 'failures');
    this.reported.set(key, failures);
    const failed = own.filter((call) => call.verdict === 'failure' || this.isSlow(call)).length;
    const hasCalls = growth(before, after, 'calls') > 0;
    if (failures > failed || (hasCalls && own.length === 0)) {
      const text = `${instance} has told ${failures} failures of ${failed} in ${epoch}`;
      this.say('a result counts in the epoch in which its call began, or not at all', text);
    }
  }
}

function isOpen({ state, mode }: CircuitItem): boolean {
  return mode === undefined ? state === 'OPEN' : mode === 'isolated';
}

/** What a write has added to the slots, those that it began anew included. */
function growth(before: CircuitItem, after: CircuitItem, what: 'failures' | 'calls'): number {
  return after.slots.reduce((total, slot, at) => {
    const old = before.slots[at];
    return total + (slot?.[what] ?? 0) - (old && old.id === slot?.id ? old[what] : 0);
  }, 0);
}
