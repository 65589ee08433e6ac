import type { Clock } from '../clock';
import type { ExecutionEnvironment } from './execution-environment';

/** How many environments there may be, and for how long. */
export interface PoolLimits {
  /** How many environments of one function are made at once and stay when idle. Default 2. */
  readonly maxWarmPerFunction: number;
  /** How many environments of one function may live at once. Default 8. */
  readonly maxPerFunction: number;
  /** How many environments may live at once, busy or idle, over all functions. Default 48. */
  readonly maxLive: number;
  /** How long an idle environment is kept, in milliseconds. Default 300000. */
  readonly idleEvictionMs: number;
}

const DEFAULT_LIMITS: PoolLimits = { maxWarmPerFunction: 2, maxPerFunction: 8, maxLive: 48, idleEvictionMs: 300_000 };

/** An environment of the pool. It is lent to an invocation, or idle and waits for its eviction. */
export interface Lease {
  readonly functionName: string;
  readonly environment: ExecutionEnvironment;
  cancelEviction?: (() => void) | undefined;
}

interface Waiter {
  readonly functionName: string;
  readonly create: () => ExecutionEnvironment;
  readonly grant: (lease: Lease) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * How long callers wait for a busy environment before one more is made. A start costs a tenth of a second of this computer's
 * few cores, most calls a tenth of that: a new environment for each of many calls at once, as AWS has it, would spend all
 * the time on starting.
 */
const SCALE_UP_AFTER_MS = 250;

/** How long an idle environment beyond the warm ones is kept, so that the next burst need not start it again. */
const SPARE_IDLE_MS = 5_000;

/**
 * Lends execution environments: a warm one if the function has one idle, else a new one while it has few. Beyond that callers
 * wait in the order in which they came, and the function gets one more environment for each {@link SCALE_UP_AFTER_MS} that
 * somebody waits, up to its limit and that of all functions together.
 */
export class EnvironmentPool {
  private readonly limits: PoolLimits;
  /** Of the idle ones, the longest idle first. */
  private live: Lease[] = [];
  private waiting: Waiter[] = [];
  /** Functions whose callers wait for one more environment to be made, with what cancels that. */
  private readonly scalingUp = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    limits: Partial<PoolLimits>,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Lends an environment of the function; `create` makes a new one when none is to be had. */
  async acquire(functionName: string, create: () => ExecutionEnvironment): Promise<Lease> {
    const isFree = this.liveOf(functionName).some(isIdle);
    if (isFree || (this.hasFew(functionName) && this.hasRoom())) return this.lend(functionName, create);
    return new Promise((grant, refuse) => {
      this.waiting.push({ functionName, create, grant, refuse });
      this.scaleUpLater(functionName);
    });
  }

  /** Takes an environment back and lends it, or its place, to the next caller in this very turn. */
  release(lease: Lease): void {
    this.remove(lease);
    if (lease.environment.isAlive) this.keep(lease);
    const ofTheSame = this.waiting.find(({ functionName }) => functionName === lease.functionName);
    const next = ofTheSame ?? this.waiting.find(({ functionName }) => this.hasFew(functionName));
    if (next !== undefined) this.serve(next);
  }

  /** The environment that bears this session token, if it lives. */
  find(sessionToken: string): ExecutionEnvironment | undefined {
    return this.live.find(({ environment }) => environment.options.sessionToken === sessionToken)?.environment;
  }

  /** Kills every environment, busy ones too, and refuses the waiting callers with `reason`. */
  async close(reason: Error): Promise<void> {
    for (const waiter of this.waiting.splice(0)) waiter.refuse(reason);
    for (const cancel of this.scalingUp.values()) cancel();
    await Promise.all(this.live.splice(0).map((lease) => this.end(lease)));
  }

  private scaleUpLater(functionName: string): void {
    if (this.scalingUp.has(functionName)) return;
    const findWaiter = () => this.waiting.find((waiter) => waiter.functionName === functionName);
    const cancel = this.clock.after(SCALE_UP_AFTER_MS, () => {
      this.scalingUp.delete(functionName);
      const waiter = findWaiter();
      const isAllowed = this.liveOf(functionName).length < this.limits.maxPerFunction && this.hasRoom();
      if (waiter !== undefined && isAllowed) this.serve(waiter);
      if (findWaiter() !== undefined) this.scaleUpLater(functionName);
    });
    this.scalingUp.set(functionName, cancel);
  }

  private serve(waiter: Waiter): void {
    this.waiting = this.waiting.filter((other) => other !== waiter);
    waiter.grant(this.lend(waiter.functionName, waiter.create));
  }

  private lend(functionName: string, create: () => ExecutionEnvironment): Lease {
    const warm = this.liveOf(functionName).findLast(isIdle);
    if (warm !== undefined) {
      warm.cancelEviction?.();
      warm.cancelEviction = undefined;
      return warm;
    }
    const longestIdle = this.live.find(isIdle);
    if (longestIdle !== undefined && this.live.length >= this.limits.maxLive) this.evict(longestIdle);
    const lease = { functionName, environment: create() };
    this.live.push(lease);
    return lease;
  }

  private keep(lease: Lease): void {
    const { maxWarmPerFunction, idleEvictionMs } = this.limits;
    const isSpare = this.liveOf(lease.functionName).filter(isIdle).length >= maxWarmPerFunction;
    const keptMs = isSpare ? Math.min(SPARE_IDLE_MS, idleEvictionMs) : idleEvictionMs;
    lease.cancelEviction = this.clock.after(keptMs, () => this.evict(lease));
    this.live.push(lease);
  }

  private evict(lease: Lease): void {
    this.remove(lease);
    void this.end(lease);
  }

  private async end({ cancelEviction, environment }: Lease): Promise<void> {
    cancelEviction?.();
    await environment.terminate();
  }

  private remove(lease: Lease): void {
    this.live = this.live.filter((other) => other !== lease);
  }

  private liveOf(functionName: string): Lease[] {
    return this.live.filter((lease) => lease.functionName === functionName);
  }

  private hasFew(functionName: string): boolean {
    return this.liveOf(functionName).length < this.limits.maxWarmPerFunction;
  }

  /** Whether one more may be busy; an idle one makes way for it. */
  private hasRoom(): boolean {
    return this.live.some(isIdle) || this.live.length < this.limits.maxLive;
  }
}

function isIdle({ cancelEviction }: Lease): boolean {
  return cancelEviction !== undefined;
}
