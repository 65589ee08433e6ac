import { EventEmitter, once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type ApiServer, openApiServer } from '../../../../infra/local/api-gateway/api-server';
import type { HttpRequest } from '../../../../infra/local/api-gateway/http-message';
import { apiOf, bodyOf, operation } from './support';

const tooLarge = '"HTTP content length exceeded 10485760 bytes."';
/** An API that says in its own words that a body is too large. */
const refusing = apiOf(bodyOf({ '/': { post: operation() } }), {
  gatewayResponses: {
    REQUEST_TOO_LARGE: { responseTemplates: { 'application/json': '{"problem":$context.error.messageString}' } },
  },
}).api;

const options = { port: 0, host: '127.0.0.1', portFlag: '--port' } as const;
const answerOf = (text: string) => ({ status: 200, headers: {}, body: Buffer.from(text) });

describe('the API server', () => {
  let server: ApiServer;
  let errors: unknown[];
  const addressOf = (path: string) => `http://127.0.0.1:${server.port}${path}`;

  beforeEach(async () => {
    errors = [];
    server = await openApiServer({ ...options, onError: (error) => errors.push(error) });
  });

  afterEach(() => server.close());

  test('answers 503 until routes are attached', async () => {
    const before = await fetch(addressOf('/'));
    server.attach([{ prefix: '/', handle: async () => answerOf('here') }]);
    const after = await fetch(addressOf('/'));

    expect([before.status, after.status]).toEqual([503, 200]);
  });

  test('asks the routes in order and goes on when one has no answer', async () => {
    server.attach([
      { prefix: '/_local/', handle: async () => answerOf('local') },
      { prefix: '/', handle: async ({ rawPath }) => (rawPath === '/token' ? answerOf('issuer') : undefined) },
      { prefix: '/v1/', handle: async () => answerOf('api') },
    ]);

    const texts = await Promise.all(
      ['/_local/faults', '/token', '/v1/things', '/elsewhere'].map(async (path) =>
        (await fetch(addressOf(path))).text(),
      ),
    );

    expect(texts).toEqual(['local', 'issuer', 'api', '{"message":"Not Found"}']);
  });

  test('hands a request over as it was sent', async () => {
    const requests: HttpRequest[] = [];
    server.attach([
      {
        prefix: '/',
        handle: async (request) => {
          requests.push(request);
          return { status: 201, headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': '1' }, body: Buffer.from('ok') };
        },
      },
    ]);

    const answer = await new Promise<{ status?: number; cookies?: string[] }>((resolve) => {
      const headers = { 'X-Two': ['1', '2'] };
      httpRequest(addressOf('/a%2Fb?x=1?&y'), { method: 'POST', headers, agent: false }, (incoming) => {
        incoming.resume();
        resolve({ status: incoming.statusCode, cookies: incoming.headers['set-cookie'] });
      }).end('body');
    });

    expect(answer).toEqual({ status: 201, cookies: ['a=1', 'b=2'] });
    expect(requests).toEqual([
      {
        method: 'POST',
        rawPath: '/a%2Fb',
        rawQueryString: 'x=1?&y',
        headers: expect.objectContaining({ 'X-Two': ['1', '2'], Host: [`127.0.0.1:${server.port}`] }),
        body: Buffer.from('body'),
        sourceIp: '127.0.0.1',
      },
    ]);
  });

  test('serves a REST API over HTTP', async () => {
    const { api, invocations } = apiOf(bodyOf({ '/things/{thingId}': { put: operation() } }));
    server.attach([{ prefix: '/', handle: api.handle }]);

    const answer = await fetch(addressOf('/things/7?full=yes'), { method: 'PUT', body: '{"name":"mug"}' });

    expect([answer.status, await answer.text()]).toEqual([200, '{}']);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(invocations[0]?.event).toMatchObject({
      pathParameters: { thingId: '7' },
      queryStringParameters: { full: 'yes' },
      body: '{"name":"mug"}',
    });
  });

  test.each([
    ['says its length', { 'Content-Length': String(11 * 1024 * 1024) }],
    ['comes in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('lets the API refuse a body that is too large and %s, and closes the connection', async (_, headers) => {
    server.attach([{ prefix: '/', handle: refusing.handle }]);
    const agent = new Agent({ keepAlive: true });
    const outgoing = httpRequest(addressOf('/'), { method: 'POST', headers, agent });
    outgoing.write(Buffer.alloc(11 * 1024 * 1024));

    const [incoming] = await once(outgoing, 'response');
    const [chunk] = await once(incoming, 'data');
    outgoing.destroy();

    const body = `{"problem":${tooLarge}}`;
    expect([incoming.statusCode, chunk.toString()]).toEqual([413, body]);
    expect(incoming.headers).toMatchObject({ connection: 'close', 'content-length': String(body.length) });
  });

  test('lets a client that sends first and reads later see that it was refused', async () => {
    server.attach([{ prefix: '/', handle: refusing.handle }]);
    const socket = connect(server.port, '127.0.0.1').pause();
    const bytes = 11 * 1024 * 1024;
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`);

    await new Promise((resolve) => socket.write(Buffer.alloc(bytes), resolve));
    const [answer] = await once(socket.resume(), 'data');
    await once(socket, 'close');

    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
  });

  test('takes headers larger than those that the API refuses', async () => {
    server.attach([{ prefix: '/', handle: refusing.handle }]);

    const answer = await fetch(addressOf('/'), { method: 'POST', headers: { 'X-Long': 'x'.repeat(30_000) } });

    expect(await answer.json()).toEqual({ problem: 'HTTP header is larger than 10240 bytes.' });
  });

  test('outlives a client that goes away half-way', async () => {
    server.attach([{ prefix: '/', handle: async () => answerOf('still here') }]);
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await once(socket, 'connect');
    socket.resetAndDestroy();
    await once(socket, 'close');

    const answer = await fetch(addressOf('/'));

    expect([await answer.text(), errors]).toEqual(['still here', []]);
  });

  test('answers 500 when a route fails, and tells whoever listens', async () => {
    const defect = new Error('defect');
    server.attach([{ prefix: '/', handle: () => Promise.reject(defect) }]);

    const answer = await fetch(addressOf('/'));

    expect([answer.status, await answer.text()]).toEqual([500, '{"message":"Internal server error"}']);
    expect(errors).toEqual([defect]);
  });

  test('drops the connection when an answer cannot be written', async () => {
    server.attach([
      { prefix: '/', handle: async () => ({ status: 200, headers: { bad: 'a\nb' }, body: Buffer.alloc(0) }) },
    ]);

    await expect(fetch(addressOf('/'))).rejects.toThrow('fetch failed');

    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_INVALID_CHAR' })]);
  });

  test('closes promptly while a request is under way', async () => {
    const reached = new EventEmitter();
    const isReached = once(reached, 'request');
    server.attach([
      {
        prefix: '/',
        handle: () => {
          reached.emit('request');
          return new Promise(() => undefined);
        },
      },
    ]);
    const pending = fetch(addressOf('/')).catch(() => 'cut');
    await isReached;

    await server.close();

    expect(await pending).toBe('cut');
  });
});

describe('a port that is taken', () => {
  test('is refused with one line that says what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    await expect(openApiServer({ ...options, port, onError: () => undefined })).rejects.toThrow(
      new Error(`port ${port} is already in use on 127.0.0.1; choose another with --port`),
    );

    other.close();
  });
});
