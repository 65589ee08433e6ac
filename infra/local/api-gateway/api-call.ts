import { type OpenSpan, parseTraceHeader } from '../tracing';
import { findHeader, type HttpRequest } from './http-message';
import type { RestApiOptions } from './rest-api';

/** One request on its way through the gateway, with what the gateway knows about it. */
export interface ApiCall {
  request: HttpRequest;
  /** What the function will see: without the connection's own headers, with `X-Amzn-Trace-Id`. */
  headers: Record<string, readonly string[]>;
  startedAtMs: number;
  /** The `Root=1-…` with which the answer can be found in a trace. */
  traceHeader: string;
  /** The span of the request. */
  segment: OpenSpan;
  /** The `requestContext` of the event; the matched resource and the authorizer's result are added on the way. */
  requestContext: RequestContext;
  /** Variables of templates and logs that are not part of an event, such as `error` and `status`. */
  outcome: Record<string, unknown>;
}

type RequestContext = ReturnType<typeof toContext> & {
  resourceId?: string;
  resourcePath?: string;
  authorizer?: Record<string, string | null>;
};

/** Headers between a client and the next hop; API Gateway does not hand them to a function. */
const CONNECTION_HEADERS = ['connection', 'content-length', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];

/** What an event says about callers who sign with IAM or Cognito, whom the local cloud does not have. */
const ABSENT_IDENTITY =
  'accessKey accountId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId ' +
  'cognitoIdentityPoolId principalOrgId user userArn';

/** Gives a request its ids, time and trace. */
export function beginCall(request: HttpRequest, options: Required<RestApiOptions>): ApiCall {
  const startedAtMs = options.clock.now();
  const sentTrace = findHeader(request.headers, 'X-Amzn-Trace-Id');
  const isSent = parseTraceHeader(sentTrace) !== undefined;
  const traceHeader = isSent && sentTrace !== undefined ? sentTrace : newTraceHeader(startedAtMs, options.newId);
  const dropped = isSent ? CONNECTION_HEADERS : [...CONNECTION_HEADERS, 'x-amzn-trace-id'];
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !dropped.includes(name.toLowerCase())),
  );
  if (!isSent) headers['X-Amzn-Trace-Id'] = [traceHeader];
  const segment = options.beginSpan({
    name: `${request.method} ${request.rawPath}`,
    service: 'api-gateway',
    kind: 'server',
    traceHeader,
    startedAt: startedAtMs,
  });
  const requestContext = toContext(request, options, startedAtMs);
  // Without active tracing there is no trace to name, and API Gateway leaves the variable empty.
  const { tracingEnabled } = options.definition.stage;
  const outcome = tracingEnabled ? { xrayTraceId: traceHeader.match(/Root=([^;]+)/)?.[1] } : {};
  return { request, headers, startedAtMs, traceHeader, segment, requestContext, outcome };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function toContext(request: HttpRequest, { definition, accountId, newId }: Required<RestApiOptions>, nowMs: number) {
  const domainName = (findHeader(request.headers, 'Host') ?? '').replace(/:\d+$/, '');
  return {
    accountId,
    apiId: definition.restApiId,
    httpMethod: request.method,
    // The API is mapped at the root of its domain, so the path has no stage in front.
    path: request.rawPath,
    stage: definition.stageName,
    requestId: newId(),
    extendedRequestId: `${Buffer.from(newId().replaceAll('-', ''), 'hex').toString('base64url').slice(0, 15)}=`,
    requestTime: toLogTime(nowMs),
    requestTimeEpoch: nowMs,
    protocol: 'HTTP/1.1',
    identity: {
      ...Object.fromEntries(ABSENT_IDENTITY.split(' ').map((name) => [name, null])),
      sourceIp: request.sourceIp,
      userAgent: findHeader(request.headers, 'User-Agent') ?? null,
    },
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
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
