import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { type BeginSpan, inSpan, newTraceHeader, openTracing } from '../tracing';
import { EnvironmentPool } from './environment-pool';
import { ExecutionEnvironment, type Outcome } from './execution-environment';
import { environmentVariables, getHandlerFile } from './function-definition';
import { FunctionLog } from './function-log';
import type { FunctionTarget } from './function-table';
import { jsonLogFormat } from './json-log-format';
import type { LambdaOptions } from './lambda';
import { textLogFormat } from './text-log-format';

/** How an invocation ended. */
export interface InvokeResult {
  readonly statusCode: 200;
  /** JSON: the function's result, or the error document if `functionError` is there. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  /** `$LATEST` or `1`. */
  readonly executedVersion: string;
  readonly requestId: string;
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
  /** Spans that have to do with the invocation, such as those of a batch's messages, in the same form. */
  readonly links?: readonly string[] | undefined;
  /** 1 or more: the environment is killed at its so many-th call to the cloud, or when it answers. */
  readonly crashAfterCalls?: number | undefined;
}

/**
 * The largest answer of a function in bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_RESPONSE_BYTES = 6_291_556;

/** Runs invocations on a pool of execution environments. `close` kills them all. */
export class Invoker {
  private readonly pool: EnvironmentPool;
  private readonly clock: Clock;
  private readonly beginSpan: BeginSpan;
  private readonly clockOffset = new SharedArrayBuffer(8);
  private readonly closing = new AwsError('ServiceException', 'the local Lambda is closing', 500);
  private readonly running = new Map<string, number>();
  private isClosed = false;

  constructor(private readonly options: LambdaOptions) {
    this.clock = options.clock;
    this.beginSpan = options.beginSpan ?? openTracing(options.clock);
    this.pool = new EnvironmentPool(options.clock, options.limits ?? {});
  }

  /** Runs a function. Rejects with `TooManyRequestsException` beyond its reserved concurrency. */
  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    if (this.isClosed) throw this.closing;
    const { definition } = request.target;
    const { functionName, reservedConcurrentExecutions = Number.POSITIVE_INFINITY } = definition;
    const running = this.running.get(functionName) ?? 0;
    if (running >= reservedConcurrentExecutions) throw throttled();
    this.running.set(functionName, running + 1);
    this.options.onInvoke?.(functionName);
    try {
      return await inSpan(this.open(request), (traceHeader) => this.lend({ ...request, traceHeader }), hasFailed);
    } finally {
      this.running.set(functionName, (this.running.get(functionName) ?? 1) - 1);
    }
  }

  /** The segment of an invocation, which the function's own spans are within. A function that is not traced begins no trace. */
  private open({ target, traceHeader, links = [] }: InvokeRequest) {
    const { functionName, isTraced = false } = target.definition;
    const header = traceHeader ?? (isTraced ? undefined : newTraceHeader(this.clock.now(), false));
    return this.beginSpan({ name: functionName, service: 'lambda', kind: 'server', traceHeader: header, links });
  }

  private async lend(request: InvokeRequest): Promise<InvokeResult> {
    const { definition, version } = request.target;
    const name = `${definition.functionName}:${version}`;
    const lease = await this.pool.acquire(name, () => this.createEnvironment(request.target));
    try {
      return await this.run(lease.environment, request);
    } finally {
      this.pool.release(lease);
    }
  }

  /** See `Lambda.noteCall`. */
  noteCall(sessionToken: string): boolean {
    return this.pool.find(sessionToken)?.noteCall() ?? false;
  }

  /** Kills every environment; what runs or waits rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pool.close(this.closing);
  }

  private createEnvironment({ definition, version }: FunctionTarget): ExecutionEnvironment {
    const { clock, clockOffset, options } = this;
    const { functionName } = definition;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const prefix = definition.logGroupName === undefined ? '' : functionName;
    const logStreamName = `${day}/${prefix}[${version}]${randomBytes(16).toString('hex')}`;
    const logGroupName = definition.logGroupName ?? `/aws/lambda/${functionName}`;
    const logPlace = { functionName, version, logGroupName, logStreamName };
    const sessionToken = `local-session-${randomUUID()}`;
    const logFormat = definition.jsonLogLevels ? jsonLogFormat(definition.jsonLogLevels) : textLogFormat;
    this.shareTime();
    options.onLogStream?.(logPlace);
    return new ExecutionEnvironment({
      ...definition,
      handlerFile: getHandlerFile(definition),
      variables: environmentVariables(definition, { ...options, ...logPlace, sessionToken }),
      sessionToken,
      clockOffset,
      clock,
      log: new FunctionLog(logPlace, clock, logFormat, options.onLog ?? (() => {})),
    });
  }

  private async run(environment: ExecutionEnvironment, request: InvokeRequest): Promise<InvokeResult> {
    const { requestId = randomUUID(), target } = request;
    const { log } = environment.options;
    const createdAt = this.clock.now();
    const isCold = !environment.isLoaded;
    const failure = isCold ? await environment.load(requestId) : undefined;
    const startedAt = this.clock.now();
    log.begin(requestId);
    const outcome = limitSize(failure ?? (await this.runLoaded(environment, request, requestId)));
    if (this.isClosed) throw this.closing;
    const payload = 'error' in outcome ? JSON.stringify(outcome.error) : outcome.payload;
    const { functionName, memoryMb } = target.definition;
    const durationMs = this.clock.now() - startedAt;
    const billedMs = toBilledMs(this.clock.now() - (isCold ? createdAt : startedAt));
    log.end({
      durationMs,
      billedMs,
      memoryMb,
      payload,
      ...(isCold && { initMs: startedAt - createdAt }),
      ...('error' in outcome && { failure: { error: outcome.error, isFatal: !environment.isAlive } }),
    });
    this.options.onBilled?.({ functionName, billedMs, memoryMb });
    return {
      statusCode: 200,
      payload,
      executedVersion: target.version,
      requestId,
      ...('error' in outcome && { functionError: 'Unhandled' }),
    };
  }

  private runLoaded(
    environment: ExecutionEnvironment,
    { target, payload, traceHeader, crashAfterCalls }: InvokeRequest,
    requestId: string,
  ): Promise<Outcome> {
    this.shareTime();
    const invocation = { requestId, payload, invokedFunctionArn: target.invokedArn, traceId: traceHeader ?? '' };
    return environment.run(invocation, crashAfterCalls);
  }

  /** Functions may have been frozen while the clock was moved; every one of them reads the time from here. */
  private shareTime(): void {
    const aheadMs = Math.round(this.clock.now() - Date.now());
    Atomics.store(new BigInt64Array(this.clockOffset), 0, BigInt(aheadMs));
  }
}

/**
 * Billed is every begun millisecond, those of loading included.
 *
 * @see https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 */
function toBilledMs(elapsedMs: number): number {
  return Math.max(1, Math.ceil(elapsedMs));
}

function limitSize(outcome: Outcome): Outcome {
  if ('error' in outcome || Buffer.byteLength(outcome.payload) <= MAX_RESPONSE_BYTES) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
  return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}

function hasFailed({ functionError }: InvokeResult): boolean {
  return functionError !== undefined;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
function throttled(): AwsError {
  const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason });
}
