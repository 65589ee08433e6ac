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
  /** Tells this environment from every other one. */
  readonly sessionToken: string;
  readonly memoryMb: number;
  readonly clockOffset: SharedArrayBuffer;
  readonly clock: Clock;
  readonly log: FunctionLog;
  /** Called once when the environment is dead. */
  readonly onDeath: () => void;
}

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
  readonly sessionToken: string;
  /** The most memory that its function was seen to hold, in bytes. */
  maxMemoryBytes = 0;
  private wakeSignal = new SharedArrayBuffer(4);
  private worker: Worker | undefined;
  private isTerminated = false;
  private announcedExitCode: number | undefined;
  private callsUntilCrash: number | undefined;
  private settle: ((outcome: Outcome | 'ready') => void) | undefined;
  private cancelTimeout: (() => void) | undefined;

  constructor(private readonly options: EnvironmentOptions) {
    this.log = options.log;
    this.sessionToken = options.sessionToken;
  }

  /**
   * Resolves with `ready` when the function is loaded, or with how its loading failed; `timeoutMs` after it began it is
   * killed. May be called again after a failure.
   */
  init(timeoutMs: number): Promise<Outcome | 'ready'> {
    if (this.isTerminated) return Promise.resolve({ kind: 'killed' });
    const loading = this.await(timeoutMs);
    this.isAlive = true;
    this.announcedExitCode = undefined;
    this.wakeSignal = new SharedArrayBuffer(4);
    this.worker = this.startWorker();
    return loading;
  }

  /**
   * Runs one invocation; `timeoutMs` after it began the function is killed. With `crashAfterCalls` it is killed at that
   * call of its own (see `noteCall`), or else when it answers.
   */
  async run(invocation: InvocationMessage, timeoutMs: number, crashAfterCalls?: number): Promise<Outcome> {
    if (!this.isAlive) return { kind: 'killed' };
    const outcome = this.await(timeoutMs);
    this.callsUntilCrash = crashAfterCalls;
    this.worker?.ref();
    this.worker?.postMessage(invocation);
    const signal = new Int32Array(this.wakeSignal);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
    const ended = await outcome;
    if (ended === 'ready') throw new Error('an execution environment reported ready during an invocation');
    // A frozen environment must not keep the process alive; the servers do that.
    this.worker?.unref();
    return ended;
  }

  /** Counts a call to the cloud that the function has made; kills the function, and says so, if that was its last. */
  noteCall(): boolean {
    if (this.callsUntilCrash === undefined) return false;
    this.callsUntilCrash -= 1;
    if (this.callsUntilCrash > 0) return false;
    this.die({ kind: 'killed' });
    return true;
  }

  /** Kills the function wherever it is. A running invocation ends as `killed`. */
  async terminate(): Promise<void> {
    this.isTerminated = true;
    this.die({ kind: 'killed' });
    await this.worker?.terminate();
  }

  private startWorker(): Worker {
    const { handlerFile, handler, variables, memoryMb, clockOffset } = this.options;
    const setup: EnvironmentSetup = { wakeSignal: this.wakeSignal, clockOffset, handlerFile, handler };
    const worker = new Worker(workerProgram(), {
      eval: true,
      workerData: setup,
      env: variables,
      // The loaders of jest and tsx are for this process; the function is plain JavaScript.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    // A killed worker may still speak when the next one loads.
    const ifCurrent = (action: () => void) => this.worker === worker && action();
    worker.on('message', (message: WorkerMessage) => ifCurrent(() => this.hear(message)));
    worker.on('error', (error) => ifCurrent(() => this.die(toOutcome(error))));
    worker.on('exit', () => ifCurrent(() => this.die(this.exitOutcome())));
    return worker;
  }

  private await(timeoutMs: number): Promise<Outcome | 'ready'> {
    return new Promise((resolve) => {
      this.settle = resolve;
      this.cancelTimeout = this.options.clock.after(timeoutMs, () => this.die({ kind: 'timed-out' }));
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
        this.finish({ kind: 'answered', payload: message.payload }, message.memoryBytes);
        break;
      case 'error': {
        const outcome: Outcome = { kind: 'failed', error: message.error };
        if (message.isFatal) this.die(outcome);
        else this.finish(outcome, message.memoryBytes);
      }
    }
  }

  private finish(outcome: Outcome, memoryBytes: number): void {
    this.maxMemoryBytes = Math.max(this.maxMemoryBytes, memoryBytes);
    if (this.callsUntilCrash === undefined) this.end(outcome);
    else this.die({ kind: 'killed' });
  }

  private die(outcome: Outcome): void {
    if (this.isAlive) {
      this.isAlive = false;
      void this.worker?.terminate();
      this.options.onDeath();
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
