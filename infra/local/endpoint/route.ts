import { AwsError } from '../aws-error';
import { internalError, jsonError, queryError, restError } from './errors';
import type { HttpAnswer, HttpRequest } from './protocol';
import { type Caller, ConnectionCutError, type EndpointHandlers, parseCaller } from './protocol';

/** Takes an exception that no service meant to send, and what was being done. */
export type OnError = (error: unknown, request: string) => void;

/** Finds the service that a request is for, and turns what it answers or throws into the wire form of its protocol. */
export async function route(
  request: HttpRequest,
  handlers: EndpointHandlers,
  requestId: string,
  onError: OnError,
): Promise<HttpAnswer> {
  const { name, run, toAnswer } = toCall(request, handlers, requestId);
  try {
    return await run();
  } catch (error) {
    if (error instanceof AwsError) return toAnswer(error);
    if (error instanceof ConnectionCutError) throw error;
    onError(error, name);
    return toAnswer(internalError);
  }
}

/** A request as its protocol understands it. */
interface Call {
  name: string;
  run(): Promise<HttpAnswer>;
  /** The wire form of what `run` throws. */
  toAnswer(error: AwsError): HttpAnswer;
}

/**
 * An `x-amz-target` header means AWS JSON; a path that a REST service has taken is for that one; a form with an `Action`
 * is the Query protocol, where only the signature says which service is meant.
 */
function toCall(request: HttpRequest, handlers: EndpointHandlers, requestId: string): Call {
  const { method, path, headers } = request;
  const caller = parseCaller(headers);
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return toJsonCall(request, target, handlers.json, caller);

  const [rest] = handlers.rest
    .filter(({ pathPrefix }) => path.startsWith(pathPrefix))
    .sort((one, other) => other.pathPrefix.length - one.pathPrefix.length);
  if (rest) return { name: `${method} ${path}`, run: () => rest.handle(request, caller), toAnswer: restError };

  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const params = new URLSearchParams(isForm ? request.body.toString('utf8') : request.rawQuery);
  const action = params.get('Action');
  if (action !== null) return toQueryCall(action, params, handlers.query, caller, requestId);

  const nobody = new AwsError('UnknownOperationException', `the local cloud has no service for ${method} ${path}`, 404);
  return { name: path, run: () => Promise.reject(nobody), toAnswer: restError };
}

function toJsonCall(
  { headers, body }: HttpRequest,
  target: string,
  handlers: EndpointHandlers['json'],
  caller: Caller,
): Call {
  // The operation is what stands after the last dot; some prefixes could have dots of their own.
  const [, prefix = '', operation = ''] = /^(.*)\.(.*)$/.exec(target) ?? [];
  const run = async () => {
    const handle = handlerOf(handlers, prefix, 'UnknownOperationException');
    const answer = await handle(operation, parseJsonObject(body), caller);
    // Clients of JSON 1.1 want the version that they asked in.
    const contentType = headers['content-type'] ?? 'application/x-amz-json-1.0';
    return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(answer) };
  };
  return { name: target, run, toAnswer: (error) => jsonError(error, prefix) };
}

function toQueryCall(
  action: string,
  params: URLSearchParams,
  handlers: EndpointHandlers['query'],
  caller: Caller,
  requestId: string,
): Call {
  const { service } = caller;
  const run = async () => {
    if (service === undefined) {
      const message = `Request is missing Authentication Token: only a signature says which service ${action} is for`;
      throw new AwsError('MissingAuthenticationToken', message, 403);
    }
    const { status, xml } = await handlerOf(handlers, service, 'InvalidAction')(action, params, caller);
    return { status, headers: { 'content-type': 'text/xml' }, body: xml };
  };
  return { name: `${service} ${action}`, run, toAnswer: (error) => queryError(error, requestId) };
}

function handlerOf<T>(handlers: Readonly<Record<string, T>>, service: string, errorCode: string): T {
  const handler = Object.hasOwn(handlers, service) ? handlers[service] : undefined;
  if (handler) return handler;
  const known = Object.keys(handlers).join(', ');
  throw new AwsError(errorCode, `the local cloud has no service ${service}; it has ${known}`);
}

function parseJsonObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new AwsError('SerializationException', 'the body must be a JSON object');
}
