/** The one HTTP address of the API: a server that hands each request to the rooms attached to it. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpAnswer, HttpRequest } from './http-message';

/** One room behind the server. */
export interface ApiRoute {
  /** What the raw path must begin with; `/` takes every request. */
  prefix: string;
  /** Answers a request, or returns `undefined` to leave it to the next route. */
  handle(request: HttpRequest): Promise<HttpAnswer | undefined>;
}

export interface ApiServer {
  /** The port it listens on, also when a free one was asked for. */
  port: number;
  /** Replaces the routes; they are asked in this order. Until then every answer is 503. */
  attach(routes: readonly ApiRoute[]): void;
  /** Stops listening and cuts what is under way, so that it ends promptly. */
  close(): Promise<void>;
}

export interface ApiServerOptions {
  /** 0 = a free one. */
  port: number;
  host: string;
  /** The command's flag for another port, named when this one is taken. */
  portFlag: string;
  /** Hears of a route that rejected; its client gets 500 either way. */
  onError: (error: unknown) => void;
}

/** More is not kept. A little over API Gateway's own limit, so that a body slightly too large is read to its end. */
const MAX_BODY_BYTES = 10 * 1024 * 1024 + 64 * 1024;
/** Well over API Gateway's own limit, so that it is the REST API that refuses. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Starts the server.
 *
 * @throws {Error} with one line for the user when the port is taken
 */
export async function openApiServer(options: ApiServerOptions): Promise<ApiServer> {
  let routes: readonly ApiRoute[] | undefined;
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    // A client that goes away while it is answered is its own affair.
    outgoing.on('error', () => undefined);
    serve(incoming, routes)
      .catch((error: unknown) => {
        if (incoming.destroyed && !incoming.complete) return undefined;
        options.onError(error);
        return messageAnswer(500, 'Internal server error');
      })
      .then((answer) => answer && send(incoming, outgoing, answer))
      .catch((error: unknown) => {
        // An answer that cannot be written, such as one with a header that HTTP forbids, leaves nothing to say.
        options.onError(error);
        outgoing.destroy();
      });
  });
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    attach: (attached) => {
      routes = attached;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { port, host, portFlag }: ApiServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const advice = `port ${port} is already in use on ${host}; choose another with ${portFlag}`;
      reject(isTaken ? new Error(advice) : error);
    });
    server.listen(port, host, resolve);
  });
}

async function serve(incoming: IncomingMessage, routes: readonly ApiRoute[] | undefined): Promise<HttpAnswer> {
  const request = toRequest(incoming, await readBody(incoming));
  if (routes === undefined) return messageAnswer(503, 'Service Unavailable');
  for (const route of routes) {
    const answer = request.rawPath.startsWith(route.prefix) ? await route.handle(request) : undefined;
    if (answer !== undefined) return answer;
  }
  return messageAnswer(404, 'Not Found');
}

/** The whole body, or `undefined` as soon as it is larger than the bound. Rejects when the client goes away. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the client went away')));
  });
}

function toRequest(incoming: IncomingMessage, body: Buffer | undefined): HttpRequest {
  const [, rawPath = '', rawQueryString = ''] = /^([^?]*)\??(.*)$/.exec(incoming.url ?? '/') ?? [];
  return {
    method: incoming.method ?? 'GET',
    rawPath,
    rawQueryString,
    headers: toHeaders(incoming.rawHeaders),
    body: body ?? Buffer.alloc(0),
    ...(body === undefined && { isBodyCut: true }),
    sourceIp: incoming.socket.remoteAddress ?? '',
  };
}

function toHeaders(rawHeaders: readonly string[]): Record<string, string[]> {
  const byName = new Map<string, { name: string; values: string[] }>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const header = byName.get(name.toLowerCase()) ?? { name, values: [] };
    header.values.push(rawHeaders[i + 1] ?? '');
    byName.set(name.toLowerCase(), header);
  }
  return Object.fromEntries([...byName.values()].map(({ name, values }) => [name, values]));
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, answer: HttpAnswer): void {
  if (outgoing.destroyed) return;
  if (incoming.complete) {
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  const closing = { Connection: 'close', 'Content-Length': String(answer.body.length) };
  outgoing.writeHead(answer.status, { ...answer.headers, ...closing });
  // The body was refused half-way. Closing now would reset the connection while the client still sends, and it would
  // never see the answer: it is sent whole at once, and the connection closed when the client stops. What it sends
  // meanwhile is thrown away, for as long as Node.js waits for a request.
  outgoing.write(answer.body);
  incoming.on('end', () => outgoing.end());
}

function messageAnswer(status: number, message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'Content-Type': 'application/json' }, body };
}
