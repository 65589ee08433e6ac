import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { functionArn, toFunctionName } from './function-name';
import type { AliasDefinition, FunctionTable, FunctionTarget } from './function-table';
import type { Lambda } from './lambda';
import { checkPayload } from './payload';

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
  readonly place: { readonly region: string; readonly accountId: string };
}

/** The answers to GET requests, by what follows the name of the function in the path. */
const READS: Readonly<Record<string, (backend: LambdaApiBackend, functionName: string, rest: string) => object>> = {
  '': ({ functions }, name) => ({ Configuration: toConfiguration(functions.get(name)) }),
  configuration: ({ functions }, name) => toConfiguration(functions.get(name)),
  concurrency: ({ functions }, name) => {
    const { reservedConcurrentExecutions: reserved } = functions.get(name).definition;
    return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
  },
  aliases: (backend, nameOrArn, aliasName) => {
    const name = toFunctionName(nameOrArn);
    const aliases = backend.functions.listAliases(name);
    const toAnswer = (alias: AliasDefinition) => ({
      AliasArn: functionArn(backend.place, name, alias.name),
      Name: alias.name,
      FunctionVersion: alias.functionVersion,
    });
    if (aliasName === '') return { Aliases: aliases.map(toAnswer) };
    const alias = aliases.find((one) => one.name === aliasName);
    if (alias !== undefined) return toAnswer(alias);
    const aliasArn = functionArn(backend.place, name, aliasName);
    throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${aliasArn}`, 404);
  },
};

/** The path's version differs by operation. Clients list with and without the slash at the end. */
const PATH = /^\/(?:2015-03-31|2019-09-30)\/functions(?:\/([^/]*))?(?:\/([^/]+))?(?:\/([^/]+))?$/;

/**
 * Answers Invoke, ListFunctions, GetFunction, GetFunctionConfiguration, GetFunctionConcurrency, ListAliases and GetAlias;
 * everything else is refused by name. Errors are answers, not exceptions.
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
  const match = PATH.exec(path);
  const [, encodedName = '', action = '', rest = ''] = match ?? [];
  const qualifier = query.get('Qualifier');
  const name = decodeURIComponent(encodedName) + (qualifier === null ? '' : `:${qualifier}`);
  const read = Object.hasOwn(READS, action) && (rest === '' || action === 'aliases') ? READS[action] : undefined;
  if (match !== null && method === 'POST' && action === 'invocations' && rest === '') {
    return invoke(backend, name, request);
  }
  if (match === null || method !== 'GET' || read === undefined) {
    throw new AwsError(
      'InvalidAction',
      `the local Lambda answers Invoke and reads functions and aliases, it does not answer ${method} ${path}`,
    );
  }
  if (encodedName !== '') return toJsonResponse(read(backend, name, decodeURIComponent(rest)));
  const all = backend.functions.list().map(({ functionName }) => backend.functions.get(functionName));
  return toJsonResponse({ Functions: all.map(toConfiguration) });
}

async function invoke(
  { lambda, functions }: LambdaApiBackend,
  functionName: string,
  { headers, body }: LambdaApiRequest,
): Promise<LambdaApiResponse> {
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const payload = body.toString('utf8');
  const traceHeader = headers['x-amzn-trace-id'];
  if (type === 'Event') {
    const { requestId } = await lambda.invokeAsync(functionName, payload, { traceHeader });
    return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
  }
  if (type === 'DryRun') {
    const { version } = functions.get(functionName);
    checkPayload(payload, 'RequestResponse');
    return { status: 204, headers: { 'x-amzn-requestid': randomUUID(), 'x-amz-executed-version': version }, body: '' };
  }
  if (type !== 'RequestResponse') {
    throw new AwsError(
      'InvalidParameterValueException',
      `InvocationType must be RequestResponse, Event or DryRun, got ${type}`,
    );
  }
  const logTail = headers['x-amz-log-type'] === 'Tail';
  const result = await lambda.invoke(functionName, payload, { logTail, traceHeader });
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

function toConfiguration({ definition, version, invokedArn }: FunctionTarget): Record<string, unknown> {
  const { deadLetterArn, logGroupName } = definition;
  return {
    FunctionName: definition.functionName,
    FunctionArn: invokedArn,
    Runtime: definition.runtime,
    Role: definition.roleArn,
    Handler: definition.handler,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    Version: version,
    PackageType: 'Zip',
    State: 'Active',
    Environment: { Variables: definition.environment },
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupName ?? `/aws/lambda/${definition.functionName}` },
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: deadLetterArn } }),
  };
}

function toJsonResponse(document: object): LambdaApiResponse {
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
