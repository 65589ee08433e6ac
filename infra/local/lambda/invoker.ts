import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { EnvironmentPool, type Lease } from './environment-pool';
import { ExecutionEnvironment } from './execution-environment';
import { environmentVariables, getHandlerFile } from './function-definition';
import { FunctionLog } from './function-log';
import type { FunctionTarget } from './function-table';
import type { LambdaOptions } from './lambda';
import { type Outcome, toPayload } from './outcome';
import { toInitReport, toReport } from './platform-lines';
import { toTraceId } from './trace-id';

/** How an invocation ended. */
export interface InvokeResult {
  readonly statusCode: 200;
  /** JSON: the function's result, or the error document if `functionError` is there. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  /** `$LATEST` or `1`. */
  readonly executedVersion: string;
  readonly requestId: string;
  /** The last 4 KB of the log in base64, if it was asked for. */
  readonly logTail?: string;
}

/** One attempt to run a function. */
export interface InvokeRequest {
  readonly target: FunctionTarget;
  /** JSON. */
  readonly payload: string;
  /** The same at every attempt of an asynchronous invocation. Default: a new one. */
  readonly requestId?: string | undefined;
  /** The trace that the caller belongs to, in the form of `X-Amzn-Trace-Id`. */
  readonly traceHeader?: string | undefined;
  readonly logTail?: boolean | undefined;
  /** 1 or more: the environment is killed at its so many-th call to the cloud, or when it answers. */
  readonly crashAfterCalls?: number | undefined;
}

/**
 * The longest time in milliseconds that a function may take to load before its first invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (Init phase)
 */
const INIT_TIMEOUT_MS = 10_000;

/** Runs invocations on a pool of execution environments. `close` kills them all. */
export class Invoker {
  private readonly pool: EnvironmentPool;
  private readonly clock: Clock;
  private readonly clockOffset = new SharedArrayBuffer(8);
  private readonly closing = new AwsError('ServiceException', 'the local Lambda is closing', 500);
  private readonly running = new Map<string, number>();
  private readonly sessions = new Map<string, ExecutionEnvironment>();
  private isClosed = false;

  constructor(private readonly options: LambdaOptions) {
    const { clock, maxWarmPerFunction = 2, maxPerFunction = 8, idleEvictionMs = 300_000, maxLive = 48 } = options;
    this.clock = clock;
    this.pool = new EnvironmentPool({ clock, maxWarmPerFunction, maxPerFunction, idleEvictionMs, maxLive });
  }

  /** Runs a function. Rejects with `TooManyRequestsException` beyond its reserved concurrency. */
  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    if (this.isClosed) throw this.closing;
    const { definition, version } = request.target;
    const { functionName } = definition;
    const running = this.running.get(functionName) ?? 0;
    if (running >= (definition.reservedConcurrentExecutions ?? Number.POSITIVE_INFINITY)) throw throttled();
    this.running.set(functionName, running + 1);
    this.options.onInvoke?.(functionName);
    const poolKey = `${functionName}:${version}`;
    try {
      const lease = await this.pool.acquire(poolKey, () => this.createEnvironment(request.target));
      try {
        return await this.run(lease, request);
      } finally {
        this.pool.release(poolKey, lease.environment);
      }
    } finally {
      this.running.set(functionName, (this.running.get(functionName) ?? 1) - 1);
    }
  }

  /** See `Lambda.noteCall`. */
  noteCall(sessionToken: string): boolean {
    return this.sessions.get(sessionToken)?.noteCall() ?? false;
  }

  /** Kills every environment; what runs or waits rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pool.close(this.closing);
  }

  private createEnvironment({ definition, version }: FunctionTarget): ExecutionEnvironment {
    const { clock, clockOffset, options } = this;
    const { functionName, handler, memoryMb } = definition;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const prefix = definition.logGroupName === undefined ? '' : functionName;
    const logStreamName = `${day}/${prefix}[${version}]${randomBytes(16).toString('hex')}`;
    const logGroupName = definition.logGroupName ?? `/aws/lambda/${functionName}`;
    const logPlace = { functionName, version, logGroupName, logStreamName };
    const sessionToken = `local-session-${randomUUID()}`;
    this.shareTime();
    return new ExecutionEnvironment({
      handlerFile: getHandlerFile(definition),
      handler,
      variables: environmentVariables(definition, { ...options, ...logPlace, sessionToken }),
      sessionToken,
      memoryMb,
      clockOffset,
      clock,
      log: new FunctionLog(logPlace, clock, options.onLog ?? (() => {})),
      onDeath: () => this.sessions.delete(sessionToken),
    });
  }

  private async run({ environment, isCold }: Lease, request: InvokeRequest): Promise<InvokeResult> {
    const { requestId = randomUUID(), target, logTail } = request;
    const { timeoutSeconds, memoryMb } = target.definition;
    const { log } = environment;
    const init = isCold ? await this.load(environment, timeoutSeconds) : { outcome: 'ready' as const };
    const startedAt = init.startedAt ?? this.clock.now();
    log.begin(requestId);
    if (init.outcome === 'ready' && isCold) this.sessions.set(environment.sessionToken, environment);
    const outcome =
      init.outcome === 'ready' ? await this.runReady(environment, request, requestId, startedAt) : init.outcome;
    if (this.isClosed) throw this.closing;
    const { payload, error } = toPayload(outcome, { requestId, timeoutSeconds });
    if (outcome.kind === 'timed-out') {
      log.writePlatform(`${log.time()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
    } else if (error !== undefined) log.write('ERROR', `Invoke Error\t${payload}`);
    const durationMs = this.clock.now() - startedAt;
    const { maxMemoryBytes, isAlive } = environment;
    const fatal = isAlive ? undefined : error;
    log.end(toReport({ durationMs, initMs: init.initMs, memoryMb, maxMemoryBytes, outcome, error: fatal }));
    return {
      statusCode: 200,
      payload,
      executedVersion: target.version,
      requestId,
      ...(error && { functionError: 'Unhandled' as const }),
      ...(logTail && { logTail: log.tail() }),
    };
  }

  /** Loads a function. One that fails or takes too long is loaded once more, then within the time of its invocation. */
  private async load(environment: ExecutionEnvironment, timeoutSeconds: number): Promise<Loading> {
    const createdAt = this.clock.now();
    const first = await environment.init(INIT_TIMEOUT_MS);
    const startedAt = this.clock.now();
    if (first === 'ready') return { outcome: first, startedAt, initMs: startedAt - createdAt };
    this.reportInit(environment, startedAt - createdAt, 'init', first);
    const outcome = await environment.init(timeoutSeconds * 1000);
    if (outcome !== 'ready') this.reportInit(environment, this.clock.now() - startedAt, 'invoke', outcome);
    return { outcome, startedAt };
  }

  private reportInit({ log }: ExecutionEnvironment, initMs: number, phase: 'init' | 'invoke', outcome: Outcome): void {
    const { error } = toPayload(outcome, { requestId: '', timeoutSeconds: 0 });
    log.writePlatform(toInitReport(initMs, phase, outcome, error?.errorType ?? ''));
  }

  private runReady(
    environment: ExecutionEnvironment,
    { target, payload, traceHeader, crashAfterCalls }: InvokeRequest,
    requestId: string,
    startedAt: number,
  ): Promise<Outcome> {
    this.shareTime();
    const deadlineAt = startedAt + target.definition.timeoutSeconds * 1000;
    const traceId = toTraceId(this.clock.now(), traceHeader);
    const invocation = { requestId, payload, deadlineAt, invokedFunctionArn: target.invokedArn, traceId };
    return environment.run(invocation, deadlineAt - this.clock.now(), crashAfterCalls);
  }

  /** Functions may have been frozen while the clock was moved; every one of them reads the time from here. */
  private shareTime(): void {
    const aheadMs = Math.round(this.clock.now() - Date.now());
    Atomics.store(new BigInt64Array(this.clockOffset), 0, BigInt(aheadMs));
  }
}

interface Loading {
  readonly outcome: Outcome | 'ready';
  /** When the time of the invocation began, in epoch milliseconds. */
  readonly startedAt?: number;
  readonly initMs?: number;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
function throttled(): AwsError {
  const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason });
}
