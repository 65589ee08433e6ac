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
  /** Stops listening. Requests under way get `closeGraceMs` to end; then all connections are cut. */
  close(): Promise<void>;
}

/**
 * Opens the endpoint.
 *
 * `port`: 0 finds a free one. `host`: default `127.0.0.1`. `portFlag`: the command's flag that chooses the port, for the
 * error message. `onError`: takes the exceptions that no service meant to send; their text never reaches the client.
 * `home`: where the resources are; callers of another region or account see them in theirs. `closeGraceMs`: default 1000.
 *
 * @throws {Error} with one line when the port is in use.
 */
export async function openEndpoint(options: {
  port: number;
  host?: string;
  portFlag: string;
  clock: Clock;
  onError: OnError;
  home: Place;
  closeGraceMs?: number;
}): Promise<Endpoint> {
  const { port, host = '127.0.0.1', portFlag, clock, onError, home, closeGraceMs = 1000 } = options;
  let handlers: EndpointHandlers | undefined;
  const server = createServer((request, response) => {
    // What fails here is the connection: the client has gone, and nobody is left to be told.
    answer(request, response, handlers, { onError, home }).catch(() => response.destroy());
  });
  keepConnections(server);
  await listen(server, port, host, portFlag);

  return {
    port: (server.address() as AddressInfo).port,
    attach: (attached) => {
      handlers = attached;
    },
    close: () => closeServer(server, clock, closeGraceMs),
  };
}

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

// A function's environment is frozen between two events, with its connections open and perhaps half of a request sent.
// It must find them open when it goes on, however much later, so none of the server's time limits apply.
function keepConnections(server: Server): void {
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
}

function listen(server: Server, port: number, host: string, portFlag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const message = `port ${port} is already in use on ${host}; choose another with ${portFlag}`;
      reject(isTaken ? new Error(message) : error);
    });
    server.listen(port, host, resolve);
  });
}

function closeServer(server: Server, clock: Clock, closeGraceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancelCut = clock.after(closeGraceMs, () => server.closeAllConnections());
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
  if (body === undefined) {
    const message = `the body is larger than ${BODY_LIMIT_BYTES} bytes`;
    const tooLarge = new AwsError('RequestEntityTooLargeException', message, 413);
    return send(response, restError(tooLarge), requestId);
  }
  if (handlers === undefined) {
    const starting = new AwsError('ServiceUnavailableException', 'the local cloud is starting; try again', 503);
    return send(response, restError(starting), requestId);
  }

  const [path = '', rawQuery = ''] = splitOnce(request.url ?? '/', '?');
  const { method = 'GET', headers } = request;
  const serve = (moved: HttpRequest) => route(moved, handlers, requestId, onError);
  send(response, await answerInPlace({ method, path, rawQuery, headers, body }, home, serve), requestId);
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

function splitOnce(text: string, separator: string): [string, string?] {
  const position = text.indexOf(separator);
  return position < 0 ? [text] : [text.slice(0, position), text.slice(position + separator.length)];
}
