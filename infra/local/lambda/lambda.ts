/** The Lambda room: runs the functions of a template, unchanged, each environment in a worker thread of its own. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Deliver, Delivery } from '../delivery';
import type { KeyValueStore } from '../storage/key-value-store';
import type { BeginSpan } from '../tracing';
import { type AsynchronousConfig, AsynchronousInvocations } from './asynchronous-invocations';
import type { PoolLimits } from './environment-pool';
import type { FunctionDefinition } from './function-definition';
import type { LogLine, LogStream } from './function-log';
import { FunctionTable } from './function-table';
import { INTERNAL_SERVER_ERROR, toUrlEvent, toUrlResponse, type UrlRequest, type UrlResponse } from './function-url';
import { type InvokeRequest, type InvokeResult, Invoker } from './invoker';
import { handleLambdaApi, type LambdaApiResponse } from './lambda-api';

export type { AsynchronousConfig } from './asynchronous-invocations';
export type { FunctionDefinition } from './function-definition';
export type { LogLine, LogStream } from './function-log';
export type { UrlRequest, UrlResponse } from './function-url';
export type { InvokeResult } from './invoker';

/** What the room needs to know. */
export interface LambdaOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** The local cloud's own address, such as `http://127.0.0.1:4566`, where the functions' SDK clients call. */
  readonly awsEndpoint: string;
  /** Keeps the accepted asynchronous invocations, under `asynchronous/<request id>`. */
  readonly store: KeyValueStore;
  /** Hands records and dead letters of asynchronous invocations over. */
  readonly deliver: Deliver;
  /** Hears of what could not be handed over and is lost: AWS counts it in a metric. */
  readonly onDeliveryFailure?: (error: unknown, delivery: Delivery) => void;
  /** Narrows how many environments there may be, and for how long. */
  readonly limits?: Partial<PoolLimits>;
  /** Gets every line of the functions' logs. */
  readonly onLog?: (line: LogLine) => void;
  /** Hears of the log stream of every environment, before anything is written to it. */
  readonly onLogStream?: (stream: LogStream) => void;
  /** Hears of every invocation as it begins. */
  readonly onInvoke?: (functionName: string) => void;
  /** Hears of every invocation when it has ended: the milliseconds for which AWS would bill it, and its memory. */
  readonly onBilled?: (time: { functionName: string; billedMs: number; memoryMb: number }) => void;
  /** Begins the segment of every invocation. Default: nothing is recorded. */
  readonly beginSpan?: BeginSpan;
  /** Where functions send segment documents: `AWS_XRAY_DAEMON_ADDRESS`. Default: they send none. */
  readonly xrayDaemonAddress?: string;
  /** Stands around every attempt to run a function, whoever asked for it. Default: runs it. */
  readonly intercept?: Intercept;
}

/**
 * What stands between a caller and a function: it may run the function never, once or twice, reject with an `AwsError`, or
 * give back an answer of its own. `crashAfterCalls` (1 or more) kills the environment at its so many-th call to the cloud
 * that `noteCall` counts, or when it answers.
 */
export type Intercept = (
  functionName: string,
  run: (options?: { crashAfterCalls?: number }) => Promise<InvokeResult>,
) => Promise<InvokeResult>;

/** The functions of the local cloud. */
export interface Lambda {
  /**
   * Makes a function known; its code is loaded by the first invocation.
   *
   * @throws {Error} when the code directory or the handler's file is missing, or the name is taken.
   */
  createFunction(definition: FunctionDefinition): void;
  /** Makes version `1` of a function known: the code of the template, as `$LATEST` is. */
  publishVersion(functionNameOrArn: string): void;
  /**
   * Makes an alias known.
   *
   * @throws {AwsError} `ResourceNotFoundException` when its function or version does not exist.
   */
  createAlias(functionNameOrArn: string, alias: { readonly name: string; readonly functionVersion: string }): void;
  /** Sets how asynchronous invocations of a function, a version or an alias are treated. */
  configureAsynchronous(config: AsynchronousConfig): void;
  /**
   * Invokes synchronously (`RequestResponse`) and resolves also when the function fails: see `functionError`. The name or
   * ARN may have a qualifier.
   *
   * @throws {AwsError} `ResourceNotFoundException`, `RequestEntityTooLargeException`, `InvalidRequestContentException`, or
   * `TooManyRequestsException` beyond the reserved concurrency.
   * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  invoke(
    functionNameOrArn: string,
    payload: string,
    options?: Pick<InvokeRequest, 'traceHeader' | 'links'>,
  ): Promise<InvokeResult>;
  /**
   * Invokes asynchronously (`Event`): resolves when the event, 1 MiB at most, is kept. It is handed to the function once or
   * more often, in no order.
   *
   * @throws {AwsError} as `invoke` does, but for the concurrency.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   */
  invokeAsync(
    functionNameOrArn: string,
    payload: string,
    options?: Pick<InvokeRequest, 'traceHeader'>,
  ): Promise<{ requestId: string }>;
  /** Goes on with the asynchronous invocations accepted before a restart. Called once, when the functions are known. */
  resume(): Promise<void>;
  /**
   * Answers an HTTP request to the function's URL (AuthType NONE, InvokeMode BUFFERED, payload format 2.0).
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
   */
  invokeUrl(functionName: string, request: UrlRequest): Promise<UrlResponse>;
  /** Which function signs with this access key id, if any. */
  functionNameOf(accessKeyId: string): string | undefined;
  /**
   * Counts a call to the cloud that has taken effect, by the session token that its execution environment sent
   * (`x-amz-security-token`). `true`: the environment was to crash at this call and is killed; nobody waits for the reply.
   */
  noteCall(sessionToken: string): boolean;
  /** Answers Lambda's REST-JSON API; see `handleLambdaApi`. Errors are answers too. */
  handleHttp(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<LambdaApiResponse>;
  /** Kills every function. Running and waiting invocations reject; asynchronous ones go on at the next start. */
  close(): Promise<void>;
}

/** Opens the room without any function. */
export function openLambda(options: LambdaOptions): Lambda {
  const functions = new FunctionTable(options);
  const invoker = new Invoker(options);
  const { clock, store, deliver, intercept = (_, run) => run(), onDeliveryFailure = () => {} } = options;
  const attempt = (request: InvokeRequest) =>
    intercept(request.target.definition.functionName, (how) => invoker.invoke({ ...request, ...how }));
  const asynchronous = new AsynchronousInvocations({
    store,
    clock,
    deliver,
    onDeliveryFailure,
    findTarget: (arn) => functions.find(arn),
    attempt: (target, { payload, requestId, traceHeader }) => attempt({ target, payload, requestId, traceHeader }),
  });

  const lambda: Lambda = {
    createFunction: (definition) => functions.create(definition),
    publishVersion: (nameOrArn) => functions.publishVersion(nameOrArn),
    createAlias: (nameOrArn, alias) => functions.createAlias(nameOrArn, alias),
    configureAsynchronous: (config) => asynchronous.configure(config),
    async invoke(nameOrArn, payload, trace = {}) {
      const target = functions.get(nameOrArn);
      checkPayload(payload, 'RequestResponse');
      return attempt({ target, payload: payload || '{}', ...trace });
    },
    async invokeAsync(nameOrArn, payload, { traceHeader } = {}) {
      const target = functions.get(nameOrArn);
      checkPayload(payload, 'Event');
      return { requestId: await asynchronous.accept(target, payload || '{}', traceHeader) };
    },
    resume: () => asynchronous.resume(),
    async invokeUrl(functionName, request) {
      const event = toUrlEvent(request, { at: clock.now(), requestId: randomUUID() });
      const traceHeader = request.headers['x-amzn-trace-id'];
      const target = functions.get(functionName);
      const result = await attempt({ target, payload: JSON.stringify(event), traceHeader });
      return result.functionError === undefined ? toUrlResponse(result.payload) : INTERNAL_SERVER_ERROR;
    },
    functionNameOf: (accessKeyId) => functions.findByAccessKeyId(accessKeyId),
    noteCall: (sessionToken) => invoker.noteCall(sessionToken),
    handleHttp: (method, path, query, headers, body) =>
      handleLambdaApi({ lambda, functions }, { method, path, query, headers, body }),
    async close() {
      // First, so that an attempt which the killing cuts off is not taken for a failed one.
      const ended = asynchronous.close();
      await invoker.close();
      await ended;
    },
  };
  return lambda;
}

const MAX_PAYLOAD_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576 };

/**
 * Refuses a payload that is too large or no JSON; an empty one is none.
 *
 * @throws {AwsError} `RequestEntityTooLargeException` or `InvalidRequestContentException`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
function checkPayload(payload: string, type: keyof typeof MAX_PAYLOAD_BYTES): void {
  const bytes = Buffer.byteLength(payload);
  const most = MAX_PAYLOAD_BYTES[type];
  if (bytes > most) {
    const message = `${bytes} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`;
    throw new AwsError('RequestEntityTooLargeException', message, 413);
  }
  try {
    if (payload !== '') JSON.parse(payload);
  } catch (error) {
    const reason = (error as Error).message;
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
}
