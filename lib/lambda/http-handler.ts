import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { toProblem } from '../http/problem';
import { header, parseRequest, type RouteRequest } from '../http/request';
import { log } from '../observability/log';
import { currentTraceId } from '../observability/trace-id';
import {
  type HandlersOf,
  type HttpTrigger,
  type RouteContract,
  type ServiceContract,
  type TriggerOf,
  triggerOf,
} from '../service/contract';

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
  const serve = async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const traceId = traceIdOf(event, context);
    const request = parseRequest(findRoute(routes, event), event, traceId) as RequestOf<Contract, Name>;
    const { status, body, headers } = await useCase(request);
    return toResult(status, body, { 'content-type': 'application/json', ...headers }, traceId);
  };
  return middy(serve, { timeoutEarlyInMillis: 0 }).use({
    onError: (request: middy.Request<APIGatewayProxyEvent, APIGatewayProxyResult>) => {
      request.response = toErrorResult(request.error, request.event, request.context);
    },
  });
}

function traceIdOf(event: APIGatewayProxyEvent, context: Context): string {
  return currentTraceId(context.awsRequestId, header(event, 'x-amzn-trace-id'));
}

function findRoute(routes: readonly RouteContract[], event: APIGatewayProxyEvent): RouteContract {
  const route = routes.find(({ method, path }) => method === event.httpMethod && path === event.resource);
  if (!route) throw new Error(`the contract has no route ${event.httpMethod} ${event.resource}`);
  return route;
}

function toErrorResult(error: unknown, event: APIGatewayProxyEvent, context: Context): APIGatewayProxyResult {
  const traceId = traceIdOf(event, context);
  const problem = toProblem(error, traceId);
  const operation = `${event.httpMethod} ${event.resource}`;
  if (problem.status >= 500) log('error', 'request failed', { traceId, operation, code: problem.code, error });
  const retryAfter = (error as { retryAfterSeconds?: number }).retryAfterSeconds;
  const headers = {
    'content-type': 'application/problem+json',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  return toResult(problem.status, problem, headers, traceId);
}

function toResult(statusCode: number, body: unknown, headers: Record<string, string>, traceId: string) {
  return {
    statusCode,
    headers: { ...SECURITY_HEADERS, ...headers, 'x-trace-id': traceId },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
