import type { PlayedRequest } from './played-packages';

/**
 * The event that a function URL makes of a request.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (payload format 2.0)
 */
export function urlEvent(url: URL, { method = 'GET', headers = {}, body }: PlayedRequest): object {
  const query = Object.fromEntries(url.searchParams);
  return {
    version: '2.0',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: { http: { method, path: url.pathname } },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}
