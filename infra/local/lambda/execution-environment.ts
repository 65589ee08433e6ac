import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock';
import type { FunctionLog } from './function-log';
import type { Outcome } from './outcome';
import type { EnvironmentSetup, InvocationMessage, WorkerMessage } from './protocol';
import { workerProgram } from './worker-program';

/** What an execution environment is made of. */
export interface EnvironmentOptions {
  readonly handlerFile: string;
  readonly handler: string;
  readonly variables: Record<string, string>;
  readonly memoryMb: number;
  readonly clockOffset: SharedArrayBuffer;
  readonly clock: Clock;
  readonly log: FunctionLog;
}

/**
 * The longest time in milliseconds that a function may take to load.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (Init phase)
 */
const INIT_TIMEOUT_MS = 10_000;

/**
 * Where new objects live. By default V8 lets it grow to 48 MB before it cleans up, and with some thirty environments that is
 * most of the memory of the whole: after 1,600 orders 860 MB instead of 550 MB, for 10 ms of the 60 ms that an order takes.
 */
const YOUNG_GENERATION_MB = 3;

/**
 * One copy of a function in a worker thread of its own, which runs one invocation at a time and is frozen between two.
 *
 * An environment whose function timed out, exited or crashed is dead: `isAlive` is false and it takes no further invocation.
 */
export class ExecutionEnvironment {
  isAlive = true;
  /** What its function prints goes here. */
  readonly log: FunctionLog;
  private readonly wakeSignal = new SharedArrayBuffer(4);
  private readonly worker: Worker;
  private announcedExitCode: number | undefined;
  private settle: ((outcome: Outcome | 'ready') => void) | undefined;
  private cancelTimeout: (() => void) | undefined;

  constructor(private readonly options: EnvironmentOptions) {
    const { handlerFile, handler, variables, memoryMb, clockOffset } = options;
    this.log = options.log;
    const setup: EnvironmentSetup = { wakeSignal: this.wakeSignal, clockOffset, handlerFile, handler };
    this.worker = new Worker(workerProgram(), {
      eval: true,
      workerData: setup,
      env: variables,
      // The loaders of jest and tsx are for this process; the function is plain JavaScript.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (message: WorkerMessage) => this.hear(message));
    this.worker.on('error', (error) => this.die(toOutcome(error)));
    this.worker.on('exit', () => this.die(this.exitOutcome()));
  }

  /** Resolves with `ready` when the function is loaded, or with how its loading failed. */
  init(): Promise<Outcome | 'ready'> {
    return this.await(INIT_TIMEOUT_MS);
  }

  /** Runs one invocation; `timeoutMs` after it began the function is killed. */
  async run(invocation: InvocationMessage, timeoutMs: number): Promise<Outcome> {
    const outcome = this.await(timeoutMs);
    this.worker.ref();
    this.worker.postMessage(invocation);
    const signal = new Int32Array(this.wakeSignal);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
    const ended = await outcome;
    if (ended === 'ready') throw new Error('an execution environment reported ready during an invocation');
    // A frozen environment must not keep the process alive; the servers do that.
    this.worker.unref();
    return ended;
  }

  /** Kills the function wherever it is. A running invocation ends as `exited`. */
  async terminate(): Promise<void> {
    this.isAlive = false;
    await this.worker.terminate();
  }

  private await(timeoutMs: number): Promise<Outcome | 'ready'> {
    if (!this.isAlive) return Promise.resolve(this.exitOutcome());
    return new Promise((resolve) => {
      this.settle = resolve;
      this.cancelTimeout = this.options.clock.after(timeoutMs, () =>
        this.die({ kind: 'timed-out', afterMs: timeoutMs }),
      );
    });
  }

  private hear(message: WorkerMessage): void {
    switch (message.type) {
      case 'log':
        this.log.write(message.level, message.text);
        break;
      case 'exit':
        this.announcedExitCode = message.code;
        break;
      case 'ready':
        this.end('ready');
        break;
      case 'answer':
        this.end({ kind: 'answered', payload: message.payload });
        break;
      case 'error':
        if (message.isFatal) this.die({ kind: 'failed', error: message.error });
        else this.end({ kind: 'failed', error: message.error });
    }
  }

  private die(outcome: Outcome): void {
    if (this.isAlive) {
      this.isAlive = false;
      void this.worker.terminate();
    }
    this.end(outcome);
  }

  private end(outcome: Outcome | 'ready'): void {
    this.cancelTimeout?.();
    this.settle?.(outcome);
    this.settle = undefined;
  }

  private exitOutcome(): Outcome {
    return this.announcedExitCode === undefined && this.isAlive
      ? { kind: 'never-settled' }
      : { kind: 'exited', code: this.announcedExitCode ?? 1 };
  }
}

function toOutcome(error: Error): Outcome {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'out-of-memory' };
  return {
    kind: 'failed',
    error: { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') },
  };
}
