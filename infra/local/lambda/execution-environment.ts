import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock';
import type { FunctionDefinition } from './function-definition';
import type { FunctionLog } from './function-log';
import { TIMED_OUT } from './log-format';
import type { EnvironmentSetup, FunctionErrorPayload, InvocationMessage, WorkerMessage } from './protocol';
import { workerProgram } from './worker-program';

/** What an execution environment is made of. */
export interface EnvironmentOptions extends Pick<FunctionDefinition, 'handler' | 'memoryMb' | 'timeoutSeconds'> {
  readonly handlerFile: string;
  readonly variables: Record<string, string>;
  /** Tells this environment from every other one. */
  readonly sessionToken: string;
  readonly clockOffset: SharedArrayBuffer;
  readonly clock: Clock;
  /** What its function prints goes here. */
  readonly log: FunctionLog;
}

/** How an invocation ended. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionErrorPayload };

/**
 * Where new objects live. By default V8 lets it grow to 48 MB before it cleans up, and with some thirty environments that is
 * most of the memory of the whole: after 1,600 orders 860 MB instead of 550 MB, for 10 ms of the 60 ms that an order takes.
 */
const YOUNG_GENERATION_MB = 3;

/**
 * How long a function may take to load, unless its own timeout is longer. AWS ends the loading after this time and begins
 * anew within the invocation; here one try has the longer of both times.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (Init phase)
 */
const INIT_TIMEOUT_SECONDS = 10;

/**
 * One copy of a function in a worker thread of its own, which runs one invocation at a time and is frozen between two.
 *
 * An environment whose function timed out, exited or crashed is dead: `isAlive` is false and it takes no further invocation.
 */
export class ExecutionEnvironment {
  isAlive = true;
  isLoaded = false;
  private readonly wakeSignal = new SharedArrayBuffer(4);
  private readonly worker: Worker;
  private requestId = '';
  private announcedExitCode: number | undefined;
  private callsUntilCrash: number | undefined;
  private settle: ((outcome: Outcome | undefined) => void) | undefined;
  private cancelTimeout: (() => void) | undefined;

  constructor(readonly options: EnvironmentOptions) {
    const { handlerFile, handler, variables, memoryMb, clockOffset, log } = options;
    const setup: EnvironmentSetup = { wakeSignal: this.wakeSignal, clockOffset, handlerFile, handler };
    this.worker = new Worker(workerProgram(), {
      eval: true,
      workerData: setup,
      env: variables,
      // The loaders of jest and tsx are for this process; the function is plain JavaScript.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'log') log.write(message.line);
      else this.hear(message);
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.exit());
  }

  /** Resolves when the function is loaded, or with how its loading failed. */
  async load(requestId: string): Promise<Outcome | undefined> {
    const failure = await this.await(requestId, Math.max(INIT_TIMEOUT_SECONDS, this.options.timeoutSeconds));
    this.isLoaded = failure === undefined;
    return failure;
  }

  /**
   * Runs one invocation; when the function's timeout is over it is killed. With `crashAfterCalls` it is killed at that call
   * of its own (see `noteCall`), or else when it answers.
   */
  async run(invocation: Omit<InvocationMessage, 'deadlineAt'>, crashAfterCalls?: number): Promise<Outcome> {
    const { clock, timeoutSeconds } = this.options;
    const outcome = this.await(invocation.requestId, timeoutSeconds);
    this.callsUntilCrash = crashAfterCalls;
    this.worker.ref();
    this.worker.postMessage({ ...invocation, deadlineAt: clock.now() + timeoutSeconds * 1000 });
    const signal = new Int32Array(this.wakeSignal);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
    const ended = await outcome;
    if (ended === undefined) throw new Error('an execution environment reported ready during an invocation');
    // A frozen environment must not keep the process alive; the servers do that.
    this.worker.unref();
    return ended;
  }

  /** Counts a call to the cloud that the function has made; kills the function, and says so, if that was its last. */
  noteCall(): boolean {
    if (this.callsUntilCrash === undefined) return false;
    this.callsUntilCrash -= 1;
    if (this.callsUntilCrash > 0) return false;
    this.kill();
    return true;
  }

  /** Kills the function wherever it is. A running invocation ends with `Runtime.ExitError`. */
  async terminate(): Promise<void> {
    this.kill();
    await this.worker.terminate();
  }

  private await(requestId: string, timeoutSeconds: number): Promise<Outcome | undefined> {
    this.requestId = requestId;
    return new Promise((resolve) => {
      this.settle = resolve;
      if (!this.isAlive) return this.kill();
      this.cancelTimeout = this.options.clock.after(timeoutSeconds * 1000, () =>
        this.die(TIMED_OUT, `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
      );
    });
  }

  private hear(message: Exclude<WorkerMessage, { type: 'log' }>): void {
    if (message.type === 'exit') this.announcedExitCode = message.code;
    else if (message.type === 'error' && message.isFatal) this.endDead({ error: message.error });
    else if (message.type === 'ready') this.end(undefined);
    else if (this.callsUntilCrash !== undefined) this.kill();
    else this.end(message.type === 'answer' ? { payload: message.payload } : { error: message.error });
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.die('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed');
    } else {
      const trace = error.stack?.split('\n') ?? [];
      this.endDead({ error: { errorType: error.name, errorMessage: error.message, trace } });
    }
  }

  private exit(): void {
    const code = this.announcedExitCode;
    if (code === undefined) {
      this.die('Runtime.NodeJsExit', 'the event loop is empty and the promise of the handler was never settled');
    } else {
      const reason = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
      this.die('Runtime.ExitError', `Runtime exited ${reason}`);
    }
  }

  private kill(): void {
    this.die('Runtime.ExitError', 'Runtime exited with error: signal: killed');
  }

  private die(errorType: string, message: string): void {
    this.endDead({ error: { errorType, errorMessage: `RequestId: ${this.requestId} Error: ${message}` } });
  }

  private endDead(outcome: Outcome): void {
    this.isAlive = false;
    void this.worker.terminate();
    this.end(outcome);
  }

  /** What comes first counts: whatever is heard of a dead environment comes too late. */
  private end(outcome: Outcome | undefined): void {
    this.cancelTimeout?.();
    this.settle?.(outcome);
    this.settle = undefined;
  }
}
