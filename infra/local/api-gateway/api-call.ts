import type { Clock } from '../clock';
import { findHeader, type HttpRequest } from './http-message';

/** One request on its way through the gateway, with what the gateway knows about it. */
export interface ApiCall {
  request: HttpRequest;
  /** What the function will see: without the connection's own headers, with `X-Amzn-Trace-Id`. */
  headers: Record<string, readonly string[]>;
  startedAtMs: number;
  /** The `Root=1-…` with which the answer can be found in a trace. */
  traceHeader: string;
  /** The `requestContext` of the event; the matched resource and the authorizer's result are added on the way. */
  requestContext: RequestContext;
  /** Variables of templates and logs that are not part of an event, such as `error` and `status`. */
  outcome: Record<string, unknown>;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export interface RequestContext {
  accountId: string;
  apiId: string;
  resourceId?: string;
  resourcePath?: string;
  httpMethod: string;
  path: string;
  stage: string;
  requestId: string;
  extendedRequestId: string;
  requestTime: string;
  requestTimeEpoch: number;
  protocol: string;
  identity: Record<string, string | null>;
  domainName: string;
  domainPrefix: string;
  authorizer?: Record<string, string | null>;
}

/** What stays the same for every request of one API. */
export interface ApiSurroundings {
  accountId: string;
  restApiId: string;
  stageName: string;
  tracingEnabled: boolean;
  clock: Clock;
  /** A new UUID. */
  newId: () => string;
}

/** Headers between a client and the next hop; API Gateway does not hand them to a function. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Gives a request its ids, time and trace. */
export function beginCall(request: HttpRequest, api: ApiSurroundings): ApiCall {
  const startedAtMs = api.clock.now();
  const sentTrace = findHeader(request.headers, 'X-Amzn-Trace-Id');
  const traceHeader = sentTrace ?? newTraceHeader(startedAtMs, api.newId);
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase())),
  );
  if (sentTrace === undefined) headers['X-Amzn-Trace-Id'] = [traceHeader];
  // Without active tracing there is no trace to name, and API Gateway leaves the variable empty.
  const outcome = api.tracingEnabled ? { xrayTraceId: traceHeader.match(/Root=([^;]+)/)?.[1] } : {};
  return { request, headers, startedAtMs, traceHeader, requestContext: toContext(request, api, startedAtMs), outcome };
}

function toContext(request: HttpRequest, api: ApiSurroundings, nowMs: number): RequestContext {
  const domainName = (findHeader(request.headers, 'Host') ?? '').replace(/:\d+$/, '');
  return {
    accountId: api.accountId,
    apiId: api.restApiId,
    httpMethod: request.method,
    // The API is mapped at the root of its domain, so the path has no stage in front.
    path: request.rawPath,
    stage: api.stageName,
    requestId: api.newId(),
    extendedRequestId: `${Buffer.from(api.newId().replaceAll('-', ''), 'hex').toString('base64url').slice(0, 15)}=`,
    requestTime: toLogTime(nowMs),
    requestTimeEpoch: nowMs,
    protocol: 'HTTP/1.1',
    identity: toIdentity(request),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
  };
}

function toIdentity(request: HttpRequest): RequestContext['identity'] {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent: findHeader(request.headers, 'User-Agent') ?? null,
    userArn: null,
  };
}

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function newTraceHeader(nowMs: number, newId: () => string): string {
  const epochSeconds = Math.floor(nowMs / 1000);
  return `Root=1-${epochSeconds.toString(16).padStart(8, '0')}-${newId().replaceAll('-', '').slice(0, 24)}`;
}

/** The common log format, such as `24/Nov/2026:05:38:00 +0000`. */
function toLogTime(nowMs: number): string {
  const [, day, month, year, time] = new Date(nowMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
