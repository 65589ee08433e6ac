import type { Phase } from '../fates';
import type { Bundle, Handler } from './bundles';
import { type Host, type PlayedRequest, packageOf } from './played-packages';
import type { SimulatedClock } from './simulated-clock';

/** One run of a handler. */
export interface Invocation {
  /** Tells it from all others: what is random in it depends on it alone. */
  readonly id: string;
  readonly phase: Phase;
  readonly orderId?: string;
  /** Epoch milliseconds at which Lambda ends it. */
  readonly endsAt: number;
  /** How wrong the environment's clock is meanwhile. */
  readonly skewMs: number;
  /** The environment dies when no writes are left; absent, it lives. */
  readonly writes?: { left: number };
  /** Ends the run and its environment at once; what it has sent takes effect all the same. */
  die(): void;
  /** Random numbers drawn so far. */
  drawn: number;
}

type Wire = Record<string, unknown>;

/** What is around the functions of a service. Each call says for which invocation it is made. */
export interface Surroundings {
  readonly clock: SimulatedClock;
  /** The random number, in [0, 1), that goes with a text. */
  random(text: string): number;
  fetch(invocation: Invocation, url: string, request: PlayedRequest): Promise<unknown>;
  table(invocation: Invocation, operation: string, request: Wire): Promise<Wire>;
  states(invocation: Invocation, operation: string, request: Wire): Promise<Wire>;
  /** `maxAttempts`: tries of the client, the first included. */
  bus(invocation: Invocation, operation: string, request: Wire, maxAttempts?: number): Promise<Wire>;
  /** One line of a function's log. */
  log(invocation: Invocation, line: string): void;
}

/** Where a function runs: its code, started cold, with a clock, a network and an environment of its own. One run at a time. */
export class Environment {
  private readonly handler: Handler;
  private invocation: Invocation | undefined;
  isDead = false;
  /** Random numbers drawn at INIT. */
  private drawn = 0;

  /**
   * `id` tells it from all others: what is random at INIT depends on it alone.
   *
   * @throws {Error} what the code throws at INIT
   */
  constructor(
    private readonly id: string,
    bundle: Bundle,
    variables: Readonly<Record<string, string>>,
    private readonly around: Surroundings,
  ) {
    const host = this.host();
    this.handler = bundle({
      require: (name: string) => packageOf(name, host),
      process: Object.create(process, { env: { value: { ...variables } } }),
      console: consoleOf((line) => this.isDead || around.log(this.current(), line)),
      fetch: host.fetch,
      // Of whole milliseconds, as everywhere; the simulated clock knows parts of them.
      Date: dateOf(() => Math.floor(around.clock.now() + (this.invocation?.skewMs ?? 0))),
      Math: Object.create(Math, { random: { value: host.random } }),
      setTimeout: (action: () => void, ms = 0) => around.clock.after(ms, () => this.isDead || action()),
      clearTimeout: (cancel?: () => void) => cancel?.(),
      AbortSignal: { timeout: (timeoutMs: number) => ({ timeoutMs }) },
    }).handler;
  }

  /** Runs the handler once. Never settles when the environment is killed meanwhile. */
  run(event: unknown, invocation: Invocation): Promise<unknown> {
    this.invocation = invocation;
    const getRemainingTimeInMillis = () => invocation.endsAt - this.around.clock.now();
    // A handler that throws at once is a rejected one to Lambda, too.
    const result = (async () => this.handler(event, { awsRequestId: invocation.id, getRemainingTimeInMillis }))();
    return this.unlessDead(result);
  }

  /** Nothing that it waits for ever comes. What it has sent takes effect all the same. */
  kill(): void {
    this.isDead = true;
  }

  private host(): Host {
    const { around } = this;
    return {
      fetch: (url, request = {}) => this.unlessDead(around.fetch(this.current(), String(url), request)),
      table: (operation, request) => this.unlessDead(around.table(this.current(), operation, request)),
      states: (operation, request) => this.unlessDead(around.states(this.current(), operation, request)),
      bus: (operation, request, maxAttempts) =>
        this.unlessDead(around.bus(this.current(), operation, request, maxAttempts)),
      wait: (ms) => this.unlessDead(new Promise<void>((wake) => void around.clock.after(ms, wake))),
      random: () => {
        const { invocation } = this;
        if (invocation === undefined) {
          this.drawn += 1;
          return around.random(`${this.id} INIT ${this.drawn}`);
        }
        invocation.drawn += 1;
        return around.random(`${invocation.id} ${invocation.drawn}`);
      },
    };
  }

  private current(): Invocation {
    if (this.invocation === undefined) throw new Error('a function reaches out before it is called');
    return this.invocation;
  }

  private unlessDead<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => this.isDead || resolve(value),
        (error: unknown) => this.isDead || reject(error),
      );
    });
  }
}

function consoleOf(write: (line: string) => void): object {
  return Object.fromEntries(['debug', 'log', 'info', 'warn', 'error'].map((level) => [level, write]));
}

/** `Date` with another present. */
function dateOf(now: () => number): DateConstructor {
  return class extends Date {
    constructor(...parts: [] | [string | number | Date]) {
      super(parts.length === 0 ? now() : parts[0]);
    }
    static override now(): number {
      return now();
    }
  } as DateConstructor;
}
