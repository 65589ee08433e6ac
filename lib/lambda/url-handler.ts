import { createHash, timingSafeEqual } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { AppError } from '../errors/app-error';
import { NotFoundError } from '../errors/request-errors';
import { parseJsonBody } from '../http/json-body';
import { toProblem } from '../http/problem';
import { log } from '../observability/log';
import { headerToTraceparent, parseTraceparent } from '../observability/trace-header';
import { annotate, currentTraceId, currentTraceparent, type SpanOptions } from '../observability/tracing';
import type { HttpAnswer } from './http-handler';
import { traced } from './traced';

/** A request to a function URL whose caller has proved that it knows the secret. */
export interface UrlRequest {
  /** The `{…}` parts of the route, as they stand in the URL. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON; `undefined` when there is no body. Not checked against a schema. */
  readonly body: unknown;
  /** Milliseconds until the function's own time limit ends the invocation. */
  remainingMs(): number;
}

/** Use cases by route, such as `GET /charges/{reference}`. */
export type UrlRoutes = Readonly<Record<string, (request: UrlRequest) => Promise<HttpAnswer>>>;

/** The caller did not show the secret. 401. */
export class UnauthenticatedError extends AppError {
  override readonly name = 'UnauthenticatedError';
  constructor() {
    super('the header Authorization must be Bearer and the secret of this address', {
      code: 'UNAUTHENTICATED',
      status: 401,
    });
  }
}

/**
 * Makes use cases a Lambda behind a function URL of its own: the caller's bearer secret is checked, the route found, the body
 * parsed; an {@link AppError} becomes a problem. Any other error ends the invocation without an answer of ours: the URL
 * answers 502, and it counts as an error of the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (payload format 2.0)
 */
export function urlHandler(routes: UrlRoutes, secret: () => Promise<string>) {
  const table = Object.entries(routes).map(([route, useCase]) => ({ route, pattern: toPattern(route), useCase }));
  const serve = async (event: LambdaFunctionURLEvent, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    if (!isBearerOf(await secret(), event.headers.authorization)) throw new UnauthenticatedError();
    const { method } = event.requestContext.http;
    for (const { pattern, useCase } of table) {
      const match = pattern.exec(`${method} ${event.rawPath}`);
      if (match) return toResult(await useCase(toRequest(event, context, match.groups)));
    }
    throw new NotFoundError('route', `${method} ${event.rawPath.slice(0, 200)}`);
  };
  const answer = middy(serve, { timeoutEarlyInMillis: 0 }).use({
    onError: (request: middy.Request<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2>) => {
      const { error, event } = request;
      const operation = `${event.requestContext?.http?.method} ${event.rawPath}`;
      if (!(error instanceof AppError)) {
        log('error', 'request ended without an answer', { operation, error });
        return;
      }
      const body = toProblem(error, currentTraceId());
      annotate({ code: body.code });
      if (body.status >= 500) log('warn', 'request failed', { operation, code: body.code, error });
      const headers = { 'content-type': 'application/problem+json' };
      request.response = toResult({ status: body.status, body, headers });
    },
  });
  const nameOf = ({ requestContext, rawPath }: LambdaFunctionURLEvent) => {
    const request = `${requestContext?.http?.method} ${rawPath}`;
    return table.find(({ pattern }) => pattern.test(request))?.route ?? 'unknown route';
  };
  return traced((event: LambdaFunctionURLEvent) => ({ name: nameOf(event), ...toPlace(event) }), answer);
}

/** A caller that knows W3C's header says of which trace the call is; the invocation, of the one that Lambda tells, is linked. */
function toPlace({ headers = {} }: LambdaFunctionURLEvent): Pick<SpanOptions, 'parent' | 'links'> {
  const invocation = currentTraceparent() ?? headerToTraceparent(headers['x-amzn-trace-id']);
  if (parseTraceparent(headers.traceparent) === undefined) return { parent: invocation };
  return { parent: headers.traceparent, ...(invocation && { links: [invocation] }) };
}

function toPattern(route: string): RegExp {
  return new RegExp(`^${route.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** In constant time: how long it takes tells nothing about how much of the secret was right. */
function isBearerOf(secret: string, authorization: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(authorization ?? ''), hash(`Bearer ${secret}`));
}

function toRequest(event: LambdaFunctionURLEvent, context: Context, path: UrlRequest['path'] = {}): UrlRequest {
  return {
    path,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    body: bodyOf(event),
    remainingMs: () => context.getRemainingTimeInMillis(),
  };
}

function bodyOf({ headers, body, isBase64Encoded }: LambdaFunctionURLEvent): unknown {
  if (body === undefined || body === '') return undefined;
  return parseJsonBody({ contentType: headers['content-type'], body, isBase64Encoded });
}

function toResult({ status, body, headers }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  annotate({ status });
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
      'x-trace-id': currentTraceId(),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
