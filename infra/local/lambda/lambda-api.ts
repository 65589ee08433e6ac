import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { FunctionDefinition } from './function-definition';
import { functionArn } from './function-name';
import type { InvokeResult } from './invoker';

/** One HTTP request to Lambda's API. Header names are in lower case, as Node.js delivers them. */
export interface LambdaApiRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer to a request; `body` is JSON. */
export interface LambdaApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the API answers from. */
export interface LambdaApiBackend {
  invoke(functionName: string, payload: string, options: { logTail: boolean }): Promise<InvokeResult>;
  getFunction(nameOrArn: string): FunctionDefinition;
  list(): FunctionDefinition[];
  readonly place: { readonly region: string; readonly accountId: string };
}

/** Clients list with and without the slash at the end. */
const PREFIX = '/2015-03-31/functions';

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
    if (error instanceof AwsError) return toErrorResponse(error);
    throw error;
  }
}

async function route(backend: LambdaApiBackend, request: LambdaApiRequest): Promise<LambdaApiResponse> {
  const { method, path, query } = request;
  const [before, name = '', action, ...rest] = path.startsWith(PREFIX) ? path.slice(PREFIX.length).split('/') : [];
  if (before !== '' || rest.length > 0) throw isNotSupported(request);
  if (method === 'GET' && name === '' && action === undefined) {
    const functions = backend.list().map((definition) => toConfiguration(definition, backend.place));
    return toJsonResponse({ Functions: functions });
  }
  const qualifier = query.get('Qualifier');
  const functionName = decodeURIComponent(name) + (qualifier === null ? '' : `:${qualifier}`);
  if (method === 'GET' && action === undefined) {
    return toJsonResponse({ Configuration: toConfiguration(backend.getFunction(functionName), backend.place) });
  }
  if (method === 'POST' && action === 'invocations') return invoke(backend, functionName, request);
  throw isNotSupported(request);
}

async function invoke(
  backend: LambdaApiBackend,
  functionName: string,
  { headers, body }: LambdaApiRequest,
): Promise<LambdaApiResponse> {
  const invocationType = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (invocationType !== 'RequestResponse') {
    throw new AwsError(
      'InvalidParameterValueException',
      `InvocationType ${invocationType} is not supported by the local cloud; it runs RequestResponse`,
    );
  }
  const logTail = headers['x-amz-log-type'] === 'Tail';
  const result = await backend.invoke(functionName, body.toString('utf8'), { logTail });
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': result.executedVersion,
      ...(result.functionError === undefined ? {} : { 'x-amz-function-error': result.functionError }),
      ...(result.logTail === undefined ? {} : { 'x-amz-log-result': result.logTail }),
    },
    body: result.payload,
  };
}

function toConfiguration(definition: FunctionDefinition, place: LambdaApiBackend['place']): Record<string, unknown> {
  return {
    FunctionName: definition.functionName,
    FunctionArn: functionArn(place, definition.functionName),
    Runtime: definition.runtime,
    Role: definition.roleArn,
    Handler: definition.handler,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    Environment: { Variables: definition.environment },
  };
}

function isNotSupported({ method, path }: LambdaApiRequest): AwsError {
  return new AwsError(
    'InvalidAction',
    `the local Lambda answers Invoke, ListFunctions and GetFunction, not ${method} ${path}`,
  );
}

function toJsonResponse(document: Record<string, unknown>): LambdaApiResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(document),
  };
}

function toErrorResponse(error: AwsError): LambdaApiResponse {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': randomUUID(),
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({ Type: error.status < 500 ? 'User' : 'Service', Message: error.message, ...error.fields }),
  };
}
