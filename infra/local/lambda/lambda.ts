/** The Lambda room: runs the functions of a template, unchanged, each environment in a worker thread of its own. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { accessKeyIdOf, type FunctionDefinition, getHandlerFile } from './function-definition';
import type { LogLine } from './function-log';
import { functionArn, toFunctionName } from './function-name';
import { INTERNAL_SERVER_ERROR, toUrlEvent, toUrlResponse, type UrlRequest, type UrlResponse } from './function-url';
import { type InvokeResult, Invoker } from './invoker';
import { handleLambdaApi, type LambdaApiResponse } from './lambda-api';

export type { FunctionDefinition } from './function-definition';
export type { LogLine } from './function-log';
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
  /** How many idle environments of one function stay warm. Default 2. */
  readonly maxWarmPerFunction?: number;
  /** How many environments of one function live at once; beyond it, calls wait. Default 8. */
  readonly maxPerFunction?: number;
  /** How many environments live at once over all functions; beyond it, calls wait. Default 48. */
  readonly maxLive?: number;
  /** How long an idle environment stays warm, in milliseconds. Default 300000. */
  readonly idleEvictionMs?: number;
  /** Gets every line that a function prints, and the error document of every failed invocation. */
  readonly onLog?: (line: LogLine) => void;
  /** Hears of every invocation as it begins. */
  readonly onInvoke?: (functionName: string) => void;
}

/** The functions of the local cloud. */
export interface Lambda {
  /**
   * Makes a function known; its code is loaded by the first invocation.
   *
   * @throws {Error} when the code directory or the handler's file is missing, or the name is taken.
   */
  createFunction(definition: FunctionDefinition): void;
  /**
   * Invokes synchronously (`RequestResponse`) and resolves also when the function fails: see `functionError`.
   *
   * @throws {AwsError} `ResourceNotFoundException`, `RequestEntityTooLargeException` or `InvalidRequestContentException`.
   * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  invoke(functionNameOrArn: string, payload: string, options?: { logTail?: boolean }): Promise<InvokeResult>;
  /**
   * Answers an HTTP request to the function's URL (AuthType NONE, InvokeMode BUFFERED, payload format 2.0).
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
   */
  invokeUrl(functionName: string, request: UrlRequest): Promise<UrlResponse>;
  /**
   * The access key id that a function finds in its environment; no two functions have the same.
   *
   * @throws {AwsError} `ResourceNotFoundException` for an unknown function.
   */
  credentialsOf(functionName: string): { accessKeyId: string };
  /** Which function signs with this access key id, if any. */
  functionNameOf(accessKeyId: string): string | undefined;
  /** Answers Lambda's REST-JSON API: Invoke, ListFunctions and GetFunction. Errors are answers too. */
  handleHttp(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<LambdaApiResponse>;
  /** Kills every function. Running and waiting invocations reject. */
  close(): Promise<void>;
}

/** Opens the room without any function. */
export function openLambda(options: LambdaOptions): Lambda {
  const definitions = new Map<string, FunctionDefinition>();
  const invoker = new Invoker(options);

  function getFunction(nameOrArn: string): FunctionDefinition {
    const name = toFunctionName(nameOrArn);
    const definition = definitions.get(name);
    if (definition !== undefined) return definition;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(options, name)}`, 404);
  }

  const lambda: Lambda = {
    createFunction(definition) {
      if (definitions.has(definition.functionName)) {
        throw new Error(`function ${definition.functionName} exists already`);
      }
      getHandlerFile(definition);
      definitions.set(definition.functionName, definition);
    },
    async invoke(functionNameOrArn, payload, { logTail = false } = {}) {
      return invoker.invoke(getFunction(functionNameOrArn), payload, logTail);
    },
    async invokeUrl(functionName, request) {
      const event = toUrlEvent(request, { at: options.clock.now(), requestId: randomUUID() });
      const result = await invoker.invoke(getFunction(functionName), JSON.stringify(event), false);
      return result.functionError === undefined ? toUrlResponse(result.payload) : INTERNAL_SERVER_ERROR;
    },
    credentialsOf: (functionName) => ({ accessKeyId: accessKeyIdOf(getFunction(functionName).functionName) }),
    functionNameOf: (accessKeyId) => [...definitions.keys()].find((name) => accessKeyIdOf(name) === accessKeyId),
    handleHttp: (method, path, query, headers, body) =>
      handleLambdaApi(
        { invoke: lambda.invoke, getFunction, list: () => [...definitions.values()], place: options },
        { method, path, query, headers, body },
      ),
    close: () => invoker.close(),
  };
  return lambda;
}
