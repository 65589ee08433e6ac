/** An HTTP request to a function URL, as the server received it. */
export interface UrlRequest {
  readonly method: string;
  /** The path as sent, percent-encoding included. */
  readonly rawPath: string;
  /** What follows the `?`, without it; empty if there is none. */
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** The answer of a function URL. */
export interface UrlResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** What the caller of a function URL gets when the function fails. */
export const INTERNAL_SERVER_ERROR: UrlResponse = {
  status: 502,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"message":"Internal Server Error"}'),
};

/** Media types whose bodies reach the function as text. */
const TEXT_TYPES = /^(?:text\/|application\/(?:json|javascript|xml)\b|application\/[\w.-]+\+(?:json|xml)\b)/i;

/**
 * The event a function URL makes of a request: payload format 2.0, the body in base64 unless its type is a text type.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function toUrlEvent(request: UrlRequest, call: { at: number; requestId: string }): Record<string, unknown> {
  const headers = lowerCaseNames(request.headers);
  const { cookie, ...otherHeaders } = headers;
  const domainName = headers.host ?? 'localhost';
  const isText = TEXT_TYPES.test(headers['content-type'] ?? '');
  const hasBody = request.body.length > 0;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: otherHeaders,
    ...(request.rawQueryString === '' ? {} : { queryStringParameters: joinRepeated(request.rawQueryString) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: request.rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey: '$default',
      stage: '$default',
      time: toLogTime(call.at),
      timeEpoch: call.at,
    },
    ...(hasBody ? { body: request.body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: hasBody && !isText,
  };
}

/**
 * The HTTP answer for what a function returned: the answer it describes if there is a `statusCode`, else its whole result as
 * JSON. Cookies and malformed descriptions are answered 502.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function toUrlResponse(payload: string): UrlResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(payload) };
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded, cookies } = result as Record<string, unknown>;
  const status = Number(statusCode);
  const isDescribedWell =
    Number.isInteger(status) && status >= 100 && status <= 599 && typeof body === 'string' && cookies === undefined;
  if (!isDescribedWell) return INTERNAL_SERVER_ERROR;
  const named = lowerCaseNames(headers as Record<string, unknown>);
  return {
    status,
    headers: { 'content-type': 'application/json', ...named },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function lowerCaseNames(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** A parameter that comes more than once is one string with commas, as in payload format 2.0. */
function joinRepeated(rawQueryString: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return joined;
}

/** `12/Mar/2020:19:03:58 +0000` */
function toLogTime(at: number): string {
  const [, day, month, year, time] = new Date(at).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
