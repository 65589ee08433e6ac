import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { toProblem } from '../http/problem';
import { header, parseRequest, type RouteRequest } from '../http/request';
import { log } from '../observability/log';
import { headerToTraceparent } from '../observability/trace-header';
import { annotate, currentTraceId, currentTraceparent } from '../observability/tracing';
import {
  type HandlersOf,
  type HttpTrigger,
  type RouteContract,
  type ServiceContract,
  type TriggerOf,
  triggerOf,
} from '../service/contract';
import { traced } from './traced';

/** What a use case answers. `body` is written as JSON, or as it is when it is a string already. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request that the use case of a handler gets. */
export type RequestOf<Contract extends ServiceContract, Name extends HandlersOf<Contract, HttpTrigger>> = RouteRequest<
  TriggerOf<Contract, Name, HttpTrigger>['routes'][number]
>;

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

/**
 * Makes a use case a Lambda behind the API: the request is checked against the route's contract, errors become problems,
 * every answer carries `x-trace-id`.
 */
export function httpHandler<const Contract extends ServiceContract, Name extends HandlersOf<Contract, HttpTrigger>>(
  contract: Contract,
  name: Name,
  useCase: (request: RequestOf<Contract, Name>) => Promise<HttpAnswer>,
) {
  const { routes } = triggerOf<HttpTrigger>(contract, name, 'http');
  const serve = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const request = parseRequest(findRoute(routes, event), event, currentTraceId()) as RequestOf<Contract, Name>;
    const { status, body, headers } = await useCase(request);
    return toResult(status, body, { 'content-type': 'application/json', ...headers });
  };
  const answer = middy(serve, { timeoutEarlyInMillis: 0 }).use({
    onError: (request: middy.Request<APIGatewayProxyEvent, APIGatewayProxyResult>) => {
      request.response = toErrorResult(request.error, request.event);
    },
  });
  return traced(toSpan, answer);
}

/** Lambda tells the trace; the gateway does too, where Lambda's tracing is off. */
function toSpan(event: APIGatewayProxyEvent) {
  const parent = currentTraceparent() ?? headerToTraceparent(header(event, 'x-amzn-trace-id'));
  return { name: operationOf(event), parent };
}

function operationOf({ httpMethod, resource }: APIGatewayProxyEvent): string {
  return `${httpMethod} ${resource}`;
}

function findRoute(routes: readonly RouteContract[], event: APIGatewayProxyEvent): RouteContract {
  const route = routes.find(({ method, path }) => method === event.httpMethod && path === event.resource);
  if (!route) throw new Error(`the contract has no route ${event.httpMethod} ${event.resource}`);
  return route;
}

function toErrorResult(error: unknown, event: APIGatewayProxyEvent): APIGatewayProxyResult {
  const problem = toProblem(error, currentTraceId());
  const { code } = problem;
  annotate({ code });
  if (problem.status >= 500) log('error', 'request failed', { operation: operationOf(event), code, error });
  const retryAfter = (error as { retryAfterSeconds?: number }).retryAfterSeconds;
  const headers = {
    'content-type': 'application/problem+json',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  return toResult(problem.status, problem, headers);
}

function toResult(statusCode: number, body: unknown, headers: Record<string, string>): APIGatewayProxyResult {
  annotate({ status: statusCode });
  return {
    statusCode,
    headers: { ...SECURITY_HEADERS, ...headers, 'x-trace-id': currentTraceId() },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
