import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import type { UrlRequest, UrlRoutes } from '../../lib/lambda/url-handler';

/** A request to a function URL in payload format 2.0, with the secret `s3cret`. A body that is not a string is sent as JSON. */
export function aUrlEvent(
  route: string,
  { body, headers = {}, query }: { body?: unknown; headers?: object; query?: Record<string, string> } = {},
): LambdaFunctionURLEvent {
  const [method, rawPath] = route.split(' ');
  return {
    version: '2.0',
    rawPath,
    headers: {
      authorization: 'Bearer s3cret',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(query && { queryStringParameters: query }),
    requestContext: { http: { method } },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  } as unknown as LambdaFunctionURLEvent;
}

/** The context of an invocation that may still run for so long. */
export function aContext(remainingMs = 10_000): Context {
  return { awsRequestId: 'request-1', getRemainingTimeInMillis: () => remainingMs } as unknown as Context;
}

/** Asks one of the routes, as the function URL would after its checks. */
export function ask(routes: UrlRoutes, route: string, parts: Partial<UrlRequest> = {}) {
  const useCase = routes[route];
  if (!useCase) throw new Error(`there is no route ${route}, only ${Object.keys(routes).join(', ')}`);
  return useCase({ path: {}, query: {}, headers: {}, body: undefined, remainingMs: () => 10_000, ...parts });
}
