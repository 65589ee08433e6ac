import type { IncomingHttpHeaders } from 'node:http';

/** Who sent a request, as its SigV4 signature says. The signature itself is not verified: nothing here is secret. */
export interface Caller {
  accessKeyId?: string;
  /** Sent with temporary credentials; each environment of a function has its own. */
  sessionToken?: string;
  region?: string;
  /** The service that the request was signed for, such as `cloudformation`. */
  service?: string;
  /** `X-Amzn-Trace-Id`: the trace that the request is in. SDKs in functions send that of the invocation. */
  traceHeader?: string;
}

/** A request to a REST service. */
export interface HttpRequest {
  method: string;
  /** Without the query; not decoded. */
  path: string;
  /** The part after the question mark, empty if there is none; not decoded. */
  rawQuery: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Does one operation of a service that speaks AWS JSON; throws an `AwsError` to refuse. */
export type JsonHandler = (
  operation: string,
  body: Record<string, unknown>,
  caller: Caller,
) => Promise<Record<string, unknown>>;

/** Does one action of a service that speaks the Query protocol; throws an `AwsError` to refuse. */
export type QueryHandler = (
  action: string,
  params: URLSearchParams,
  caller: Caller,
) => QueryAnswer | Promise<QueryAnswer>;

export interface QueryAnswer {
  status: number;
  xml: string;
}

/** Which service answers what. */
export interface EndpointHandlers {
  /** By the prefix of the `x-amz-target` header, such as `DynamoDB_20120810`. */
  json: Readonly<Record<string, JsonHandler>>;
  /** By the service that the request was signed for, such as `sts`. */
  query: Readonly<Record<string, QueryHandler>>;
  /** By the beginning of the path; the longest prefix that fits wins. */
  rest: ReadonlyArray<{ pathPrefix: string; handle: (request: HttpRequest, caller: Caller) => Promise<HttpAnswer> }>;
}

/**
 * Reads from a request's headers who signed it, and its trace. A request without a signature has an unknown caller.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function parseCaller(headers: IncomingHttpHeaders): Caller {
  const credential = /^AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const scope = /^(.+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  const trace = headers['x-amzn-trace-id'];
  const traced = typeof trace === 'string' ? { traceHeader: trace } : {};
  if (scope === null) return traced;
  const token = headers['x-amz-security-token'];
  const session = typeof token === 'string' ? { sessionToken: token } : {};
  return { accessKeyId: scope[1], region: scope[2], service: scope[3], ...session, ...traced };
}

/** Thrown by a handler, it ends the connection without an answer. */
export class ConnectionCutError extends Error {
  override readonly name = 'ConnectionCutError';
}
