import type { Clock } from '../clock';
import type { ExecutionEnvironment } from './execution-environment';

/** What the pool is told at the start. */
export interface PoolOptions {
  readonly clock: Clock;
  /** How many idle environments of one function are kept. */
  readonly maxWarmPerFunction: number;
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
 * Lends execution environments: a warm one if the function has one idle, else a new one, as AWS does for each concurrent call.
 * Only the total is bounded; beyond it callers wait in the order in which they came.
 */
export class EnvironmentPool {
  /** Longest idle first. */
  private idle: Idle[] = [];
  private readonly busy = new Set<ExecutionEnvironment>();
  private readonly waiting: Waiter[] = [];

  constructor(private readonly options: PoolOptions) {}

  /** Lends an environment of the function; `create` makes a new one when none is warm. */
  async acquire(functionName: string, create: () => ExecutionEnvironment): Promise<Lease> {
    if (this.busy.size >= this.options.maxLive) {
      return new Promise((grant, refuse) => {
        this.waiting.push({ functionName, create, grant, refuse });
      });
    }
    return this.lend(functionName, create);
  }

  /** Takes an environment back and lets the next waiting caller have its place. */
  release(functionName: string, environment: ExecutionEnvironment): void {
    this.busy.delete(environment);
    if (environment.isAlive) this.keep(functionName, environment);
    const next = this.waiting.shift();
    // The place is lent in this very turn, so that no newcomer can take it from the one who waited.
    if (next !== undefined) next.grant(this.lend(next.functionName, next.create));
  }

  /** Kills every environment, busy ones too, and refuses the waiting callers with `reason`. */
  async close(reason: Error): Promise<void> {
    for (const waiter of this.waiting.splice(0)) waiter.refuse(reason);
    for (const entry of this.idle) entry.cancelEviction();
    const all = [...this.idle.map((entry) => entry.environment), ...this.busy];
    this.idle = [];
    await Promise.all(all.map((environment) => environment.terminate()));
  }

  private lend(functionName: string, create: () => ExecutionEnvironment): Lease {
    const warm = this.idle.findLast((entry) => entry.functionName === functionName);
    if (warm !== undefined) {
      this.forget(warm);
      this.busy.add(warm.environment);
      return { environment: warm.environment, isCold: false };
    }
    const longestIdle = this.idle[0];
    if (longestIdle !== undefined && this.busy.size + this.idle.length >= this.options.maxLive) this.evict(longestIdle);
    const environment = create();
    this.busy.add(environment);
    return { environment, isCold: true };
  }

  private keep(functionName: string, environment: ExecutionEnvironment): void {
    const warmCount = this.idle.filter((entry) => entry.functionName === functionName).length;
    if (warmCount >= this.options.maxWarmPerFunction) {
      void environment.terminate();
      return;
    }
    const cancelEviction = this.options.clock.after(this.options.idleEvictionMs, () => this.evict(entry));
    const entry: Idle = { functionName, environment, cancelEviction };
    this.idle.push(entry);
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
