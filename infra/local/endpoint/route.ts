import { AwsError } from '../aws-error';
import { internalError, jsonError, queryError, restError } from './errors';
import {
  ConnectionCutError,
  type EndpointHandlers,
  type HttpAnswer,
  type HttpRequest,
  type JsonHandler,
  parseCaller,
} from './protocol';

/** Takes an exception that no service meant to send, and what was being done. */
export type OnError = (error: unknown, request: string) => void;

/**
 * Finds the service that a request is for, and turns what it answers or throws into the wire form of its protocol.
 *
 * An `x-amz-target` header means AWS JSON; a path that a REST service has taken is for that one; a form with an `Action`
 * is the Query protocol, where only the signature says which service is meant.
 */
export async function route(
  request: HttpRequest,
  handlers: EndpointHandlers,
  requestId: string,
  onError: OnError,
): Promise<HttpAnswer> {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return answerJson(request, target, handlers.json, onError);

  const rest = handlers.rest
    .filter(({ pathPrefix }) => request.path.startsWith(pathPrefix))
    .sort((a, b) => b.pathPrefix.length - a.pathPrefix.length)[0];
  if (rest !== undefined) {
    const caller = parseCaller(request.headers);
    return answerOr(() => rest.handle(request, caller), restError, onError, `${request.method} ${request.path}`);
  }

  const params = queryParams(request);
  const action = params.get('Action');
  if (action !== null) return answerQuery(request, action, params, handlers.query, requestId, onError);

  const message = `the local cloud has no service for ${request.method} ${request.path}`;
  return restError(new AwsError('UnknownOperationException', message, 404));
}

function answerJson(
  request: HttpRequest,
  target: string,
  handlers: Readonly<Record<string, JsonHandler>>,
  onError: OnError,
): Promise<HttpAnswer> {
  // The operation is what stands after the last dot; some prefixes could have dots of their own.
  const dot = target.lastIndexOf('.');
  const [prefix, operation] = [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)];

  const run = async (): Promise<HttpAnswer> => {
    if (!Object.hasOwn(handlers, prefix)) {
      const known = Object.keys(handlers).join(', ');
      throw new AwsError('UnknownOperationException', `the local cloud has no service ${prefix}; it has ${known}`);
    }
    const caller = parseCaller(request.headers);
    const answer = await handlers[prefix]!(operation, parseJsonObject(request.body), caller);
    // Clients of JSON 1.1 want the version that they asked in.
    const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
    return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(answer) };
  };
  return answerOr(run, (error) => jsonError(error, prefix), onError, target);
}

function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new AwsError('SerializationException', `the body is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AwsError('SerializationException', 'the body must be a JSON object');
}

function queryParams({ rawQuery, headers, body }: HttpRequest): URLSearchParams {
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? body.toString('utf8') : rawQuery);
}

function answerQuery(
  request: HttpRequest,
  action: string,
  params: URLSearchParams,
  handlers: EndpointHandlers['query'],
  requestId: string,
  onError: OnError,
): Promise<HttpAnswer> {
  const caller = parseCaller(request.headers);
  const { service } = caller;
  const run = async (): Promise<HttpAnswer> => {
    if (service === undefined) {
      const message = `Request is missing Authentication Token: only a signature says which service ${action} is for`;
      throw new AwsError('MissingAuthenticationToken', message, 403);
    }
    if (!Object.hasOwn(handlers, service)) {
      const known = Object.keys(handlers).join(', ');
      throw new AwsError('InvalidAction', `the local cloud has no service ${service} with actions; it has ${known}`);
    }
    const { status, xml } = await handlers[service]!(action, params, caller);
    return { status, headers: { 'content-type': 'text/xml' }, body: xml };
  };
  return answerOr(run, (error) => queryError(error, requestId), onError, `${service} ${action}`);
}

async function answerOr(
  run: () => Promise<HttpAnswer>,
  toAnswer: (error: AwsError) => HttpAnswer,
  onError: OnError,
  request: string,
): Promise<HttpAnswer> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AwsError) return toAnswer(error);
    if (error instanceof ConnectionCutError) throw error;
    onError(error, request);
    return toAnswer(internalError);
  }
}
