import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { FunctionTable, FunctionTarget } from './function-table';
import type { Lambda } from './lambda';

/** One HTTP request to Lambda's API. Header names are in lower case, as Node.js delivers them. */
export interface LambdaApiRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer to a request; `body` is JSON, or empty. */
export interface LambdaApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the API answers from. */
export interface LambdaApiBackend {
  readonly lambda: Pick<Lambda, 'invoke' | 'invokeAsync'>;
  readonly functions: FunctionTable;
}

/** Clients list with and without the slash at the end. */
const PATH = /^\/2015-03-31\/functions(?:\/([^/]*)(\/invocations)?)?$/;

/**
 * Answers Invoke, ListFunctions and GetFunction; everything else is refused by name. Errors are answers, not exceptions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export async function handleLambdaApi(
  backend: LambdaApiBackend,
  request: LambdaApiRequest,
): Promise<LambdaApiResponse> {
  try {
    return await route(backend, request);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const document = { Type: error.status < 500 ? 'User' : 'Service', Message: error.message, ...error.fields };
    return toAnswer(error.status, JSON.stringify(document), { 'x-amzn-errortype': error.code });
  }
}

async function route(backend: LambdaApiBackend, request: LambdaApiRequest): Promise<LambdaApiResponse> {
  const { method, path, query } = request;
  const [whole, encodedName = '', invocations] = PATH.exec(path) ?? [];
  const qualifier = query.get('Qualifier');
  const name = decodeURIComponent(encodedName) + (qualifier === null ? '' : `:${qualifier}`);
  if (method === 'POST' && invocations !== undefined) return invoke(backend, name, request);
  if (method !== 'GET' || whole === undefined || invocations !== undefined) {
    const message = `the local Lambda answers Invoke, ListFunctions and GetFunction, it does not answer ${method} ${path}`;
    throw new AwsError('InvalidAction', message);
  }
  const document =
    name === ''
      ? { Functions: backend.functions.list().map(toConfiguration) }
      : { Configuration: toConfiguration(backend.functions.get(name)) };
  return toAnswer(200, JSON.stringify(document));
}

async function invoke(
  { lambda }: LambdaApiBackend,
  functionName: string,
  { headers, body }: LambdaApiRequest,
): Promise<LambdaApiResponse> {
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const payload = body.toString('utf8');
  const traceHeader = headers['x-amzn-trace-id'];
  if (type === 'Event') {
    const { requestId } = await lambda.invokeAsync(functionName, payload, { traceHeader });
    return toAnswer(202, '', { 'x-amzn-requestid': requestId });
  }
  if (type !== 'RequestResponse') {
    const message = `InvocationType must be RequestResponse or Event in the local cloud, got ${type}`;
    throw new AwsError('InvalidParameterValueException', message);
  }
  const result = await lambda.invoke(functionName, payload, { traceHeader });
  return toAnswer(200, result.payload, {
    'x-amzn-requestid': result.requestId,
    'x-amz-executed-version': result.executedVersion,
    ...(result.functionError && { 'x-amz-function-error': result.functionError }),
  });
}

function toConfiguration({ definition, version, invokedArn }: FunctionTarget): Record<string, unknown> {
  return {
    FunctionName: definition.functionName,
    FunctionArn: invokedArn,
    Runtime: definition.runtime,
    Role: definition.roleArn,
    Handler: definition.handler,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    Version: version,
    State: 'Active',
    Environment: { Variables: definition.environment },
  };
}

function toAnswer(status: number, body: string, headers: Record<string, string> = {}): LambdaApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers },
    body,
  };
}
