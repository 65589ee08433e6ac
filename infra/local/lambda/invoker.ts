import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { EnvironmentPool, type Lease } from './environment-pool';
import { ExecutionEnvironment } from './execution-environment';
import { environmentVariables, type FunctionDefinition, getHandlerFile } from './function-definition';
import { FunctionLog } from './function-log';
import { functionArn } from './function-name';
import type { LambdaOptions } from './lambda';
import { type Outcome, toPayload } from './outcome';

/** How a synchronous invocation ended. */
export interface InvokeResult {
  readonly statusCode: 200;
  /** JSON: the function's result, or the error document if `functionError` is there. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  readonly executedVersion: '$LATEST';
  readonly requestId: string;
  /** The last 4 KB of the log in base64, if it was asked for. */
  readonly logTail?: string;
}

/** The largest payload of a synchronous invocation in bytes. */
const MAX_REQUEST_BYTES = 6_291_456;

/** Runs invocations on a pool of execution environments. `close` kills them all. */
export class Invoker {
  private readonly pool: EnvironmentPool;
  private readonly clock: Clock;
  private readonly clockOffset = new SharedArrayBuffer(8);
  private readonly closing = new AwsError('ServiceException', 'the local Lambda is closing', 500);
  private isClosed = false;

  constructor(private readonly options: LambdaOptions) {
    const { clock, maxWarmPerFunction = 2, maxPerFunction = 8, idleEvictionMs = 300_000, maxLive = 48 } = options;
    this.clock = clock;
    this.pool = new EnvironmentPool({ clock, maxWarmPerFunction, maxPerFunction, idleEvictionMs, maxLive });
  }

  /** See `Lambda.invoke`. */
  async invoke(definition: FunctionDefinition, payload: string, wantsLogTail: boolean): Promise<InvokeResult> {
    checkPayload(payload);
    if (this.isClosed) throw this.closing;
    const requestId = randomUUID();
    const { functionName } = definition;
    this.options.onInvoke?.(functionName);
    const lease = await this.pool.acquire(functionName, () => this.createEnvironment(definition));
    try {
      const { answer, isError, logTail } = await this.run(definition, lease, payload || '{}', requestId);
      if (this.isClosed) throw this.closing;
      return {
        statusCode: 200,
        payload: answer,
        executedVersion: '$LATEST',
        requestId,
        ...(isError ? { functionError: 'Unhandled' } : {}),
        ...(wantsLogTail ? { logTail } : {}),
      };
    } finally {
      this.pool.release(functionName, lease.environment);
    }
  }

  /** Kills every environment; what runs or waits rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pool.close(this.closing);
  }

  private createEnvironment(definition: FunctionDefinition): ExecutionEnvironment {
    const { clock, clockOffset, options } = this;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
    this.shareTime();
    return new ExecutionEnvironment({
      handlerFile: getHandlerFile(definition),
      handler: definition.handler,
      variables: environmentVariables(definition, { ...options, logStreamName }),
      memoryMb: definition.memoryMb,
      clockOffset,
      clock,
      log: new FunctionLog(definition.functionName, clock, options.onLog ?? (() => {})),
    });
  }

  private async run(
    definition: FunctionDefinition,
    { environment, isCold }: Lease,
    payload: string,
    requestId: string,
  ): Promise<{ answer: string; isError: boolean; logTail: string }> {
    const createdAt = this.clock.now();
    const init = isCold ? await environment.init() : 'ready';
    const startedAt = this.clock.now();
    environment.log.begin(requestId);
    const outcome = init === 'ready' ? await this.runReady(definition, environment, payload, requestId) : init;
    const { payload: answer, isError } = toPayload(outcome, requestId);
    if (isError && !this.isClosed) environment.log.write('ERROR', `Invoke Error\t${answer}`);
    const durationMs = this.clock.now() - startedAt;
    const initReport = isCold ? `\tInit Duration: ${startedAt - createdAt} ms` : '';
    const report = `Duration: ${durationMs} ms\tMemory Size: ${definition.memoryMb} MB${initReport}`;
    return { answer, isError, logTail: environment.log.end(report) };
  }

  private runReady(
    definition: FunctionDefinition,
    environment: ExecutionEnvironment,
    payload: string,
    requestId: string,
  ): Promise<Outcome> {
    const timeoutMs = definition.timeoutSeconds * 1000;
    this.shareTime();
    const deadlineAt = this.clock.now() + timeoutMs;
    const invokedFunctionArn = functionArn(this.options, definition.functionName);
    const traceId = newTraceId(this.clock.now());
    return environment.run({ requestId, payload, deadlineAt, invokedFunctionArn, traceId }, timeoutMs);
  }

  /** Functions may have been frozen while the clock was moved; every one of them reads the time from here. */
  private shareTime(): void {
    const aheadMs = Math.round(this.clock.now() - Date.now());
    Atomics.store(new BigInt64Array(this.clockOffset), 0, BigInt(aheadMs));
  }
}

function checkPayload(payload: string): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > MAX_REQUEST_BYTES) {
    throw new AwsError(
      'RequestEntityTooLargeException',
      `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${MAX_REQUEST_BYTES} bytes)`,
      413,
    );
  }
  try {
    if (payload !== '') JSON.parse(payload);
  } catch (error) {
    const reason = (error as Error).message;
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
}

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  const root = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
