import type { Clock } from '../clock';
import type { ExecutionEnvironment } from './execution-environment';

/** What the pool is told at the start. */
export interface PoolOptions {
  readonly clock: Clock;
  /** How many environments of one function are made at once and stay when idle. */
  readonly maxWarmPerFunction: number;
  /** How many environments of one function may live at once. */
  readonly maxPerFunction: number;
  /** How long an idle environment is kept, in milliseconds. */
  readonly idleEvictionMs: number;
  /** How many environments may live at once, busy or idle, over all functions. */
  readonly maxLive: number;
}

/** An environment lent to one invocation. */
export interface Lease {
  readonly environment: ExecutionEnvironment;
  /** Whether it was made for this invocation and has to be initialized. */
  readonly isCold: boolean;
}

interface Idle {
  readonly functionName: string;
  readonly environment: ExecutionEnvironment;
  readonly cancelEviction: () => void;
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
  /** Longest idle first. */
  private idle: Idle[] = [];
  private readonly busy = new Map<ExecutionEnvironment, string>();
  private waiting: Waiter[] = [];
  /** Functions whose callers wait for one more environment to be made, with what cancels that. */
  private readonly scalingUp = new Map<string, () => void>();

  constructor(private readonly options: PoolOptions) {}

  /** Lends an environment of the function; `create` makes a new one when none is to be had. */
  async acquire(functionName: string, create: () => ExecutionEnvironment): Promise<Lease> {
    const isFree = this.idle.some((entry) => entry.functionName === functionName);
    const isSmall = this.countOf(functionName) < this.options.maxWarmPerFunction;
    if (isFree || (isSmall && this.hasRoom())) return this.lend(functionName, create);
    return new Promise((grant, refuse) => {
      this.waiting.push({ functionName, create, grant, refuse });
      this.scaleUpLater(functionName);
    });
  }

  /** Takes an environment back and lends it, or its place, to the next caller in this very turn. */
  release(functionName: string, environment: ExecutionEnvironment): void {
    this.busy.delete(environment);
    if (environment.isAlive) this.keep(functionName, environment);
    const ofTheSame = this.waiting.find((waiter) => waiter.functionName === functionName);
    const ofAFewOthers = this.waiting.find(
      (waiter) => this.countOf(waiter.functionName) < this.options.maxWarmPerFunction,
    );
    const next = ofTheSame ?? ofAFewOthers;
    if (next !== undefined) this.serve(next);
  }

  /** Kills every environment, busy ones too, and refuses the waiting callers with `reason`. */
  async close(reason: Error): Promise<void> {
    for (const waiter of this.waiting.splice(0)) waiter.refuse(reason);
    for (const cancel of this.scalingUp.values()) cancel();
    for (const entry of this.idle) entry.cancelEviction();
    const all = [...this.idle.map((entry) => entry.environment), ...this.busy.keys()];
    this.idle = [];
    await Promise.all(all.map((environment) => environment.terminate()));
  }

  private scaleUpLater(functionName: string): void {
    if (this.scalingUp.has(functionName)) return;
    const cancel = this.options.clock.after(SCALE_UP_AFTER_MS, () => {
      this.scalingUp.delete(functionName);
      const waiter = this.waiting.find((one) => one.functionName === functionName);
      if (waiter === undefined) return;
      if (this.countOf(functionName) < this.options.maxPerFunction && this.hasRoom()) this.serve(waiter);
      if (this.waiting.some((one) => one.functionName === functionName)) this.scaleUpLater(functionName);
    });
    this.scalingUp.set(functionName, cancel);
  }

  private serve(waiter: Waiter): void {
    this.waiting = this.waiting.filter((other) => other !== waiter);
    waiter.grant(this.lend(waiter.functionName, waiter.create));
  }

  private lend(functionName: string, create: () => ExecutionEnvironment): Lease {
    const warm = this.idle.findLast((entry) => entry.functionName === functionName);
    if (warm !== undefined) {
      this.forget(warm);
      this.busy.set(warm.environment, functionName);
      return { environment: warm.environment, isCold: false };
    }
    const longestIdle = this.idle[0];
    if (longestIdle !== undefined && this.busy.size + this.idle.length >= this.options.maxLive) this.evict(longestIdle);
    const environment = create();
    this.busy.set(environment, functionName);
    return { environment, isCold: true };
  }

  private keep(functionName: string, environment: ExecutionEnvironment): void {
    const { maxWarmPerFunction, idleEvictionMs, clock } = this.options;
    const isSpare = this.idle.filter((entry) => entry.functionName === functionName).length >= maxWarmPerFunction;
    const keptMs = isSpare ? Math.min(SPARE_IDLE_MS, idleEvictionMs) : idleEvictionMs;
    const cancelEviction = clock.after(keptMs, () => this.evict(entry));
    const entry: Idle = { functionName, environment, cancelEviction };
    this.idle.push(entry);
  }

  private countOf(functionName: string): number {
    const idle = this.idle.filter((entry) => entry.functionName === functionName).length;
    return idle + [...this.busy.values()].filter((name) => name === functionName).length;
  }

  /** Whether one more may be busy; an idle one makes way for it. */
  private hasRoom(): boolean {
    return this.busy.size < this.options.maxLive;
  }

  private evict(entry: Idle): void {
    this.forget(entry);
    void entry.environment.terminate();
  }

  private forget(entry: Idle): void {
    entry.cancelEviction();
    this.idle = this.idle.filter((other) => other !== entry);
  }
}
