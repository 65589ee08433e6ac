/** The AWS endpoint room: one port that speaks AWS's wire protocols, so that unchanged SDKs and the AWS CLI work. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { answerInPlace, type Place } from './caller-place';
import { restError } from './errors';
import type { EndpointHandlers, HttpAnswer, HttpRequest } from './protocol';
import { type OnError, route } from './route';

export type * from './protocol';
export { ConnectionCutError } from './protocol';

/** A listening endpoint. */
export interface Endpoint {
  /** The port it listens on: the one asked for, or the free one that was found. */
  port: number;
  /**
   * Gives the services that answer from now on. Until then every request is answered with 503, which SDKs try again: the
   * port must be known before a template can be resolved, and only then are there services.
   */
  attach(handlers: EndpointHandlers): void;
  /** Stops listening. Requests under way get a second to end; then all connections are cut. */
  close(): Promise<void>;
}

/**
 * Opens the endpoint.
 *
 * `port`: 0 finds a free one. `portFlag`: the command's flag that chooses the port, for the
 * error message. `onError`: takes the exceptions that no service meant to send; their text never reaches the client.
 * `home`: where the resources are; callers of another region or account see them in theirs.
 *
 * @throws {Error} with one line when the port is in use.
 */
export async function openEndpoint(options: {
  port: number;
  portFlag: string;
  clock: Clock;
  onError: OnError;
  home: Place;
}): Promise<Endpoint> {
  const { port, portFlag, clock, onError, home } = options;
  let handlers: EndpointHandlers | undefined;
  const server = createServer(NO_TIME_LIMITS, (request, response) => {
    // What fails here is the connection: the client has gone, and nobody is left to be told.
    answer(request, response, handlers, { onError, home }).catch(() => response.destroy());
  });
  await listen(server, port, portFlag);

  return {
    port: (server.address() as AddressInfo).port,
    attach: (attached) => {
      handlers = attached;
    },
    close: () => closeServer(server, clock),
  };
}

const HOST = '127.0.0.1';
const CLOSE_GRACE_MS = 1000;
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

// A function's environment is frozen between two events, with its connections open and perhaps half of a request sent.
// It must find them open when it goes on, however much later, so none of the server's time limits apply.
const NO_TIME_LIMITS = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };

function listen(server: Server, port: number, portFlag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const message = `port ${port} is already in use on ${HOST}; choose another with ${portFlag}`;
      reject(isTaken ? new Error(message) : error);
    });
    server.listen(port, HOST, resolve);
  });
}

function closeServer(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancelCut = clock.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      cancelCut();
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: EndpointHandlers | undefined,
  { onError, home }: { onError: OnError; home: Place },
): Promise<void> {
  const requestId = randomUUID();
  const body = await readBody(request);
  const { method = 'GET', url = '/', headers } = request;
  const [path = '', ...query] = url.split('?');
  const serve = async (moved: HttpRequest) => {
    if (handlers) return route(moved, handlers, requestId, onError);
    return restError(new AwsError('ServiceUnavailableException', 'the local cloud is starting; try again', 503));
  };
  const answered = body
    ? await answerInPlace({ method, path, rawQuery: query.join('?'), headers, body }, home, serve)
    : restError(new AwsError('RequestEntityTooLargeException', `the body is over ${BODY_LIMIT_BYTES} bytes`, 413));
  send(response, answered, requestId);
}

/** The whole body, `undefined` when it is larger than the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    // The rest is read and thrown away: to a client cut off while it sends, the refusal would be a broken connection.
    if (length > BODY_LIMIT_BYTES) chunks.length = 0;
    else chunks.push(chunk as Buffer);
  }
  return length > BODY_LIMIT_BYTES ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body = '' }: HttpAnswer, requestId: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'x-amzn-requestid': requestId, ...headers, 'content-length': length });
  response.end(body);
}
