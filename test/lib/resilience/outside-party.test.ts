import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { literal, object } from 'valibot';
import { Circuits } from '../../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { inSpan } from '../../../lib/observability/tracing';
import {
  connectParty,
  describeOutcome,
  type PartyOptions,
  type PartyOutcome,
  readAnswer,
} from '../../../lib/resilience/outside-party';
import { PARTY_CIRCUIT } from '../../../lib/resilience/party-circuit';
import { startXrayDaemon } from '../../support/xray-daemon';

/** The provider behind a circuit that nobody else uses. */
function connect(options: Pick<PartyOptions, 'url' | 'secret' | 'timeoutMs'>) {
  const circuits = new Circuits({ service: 'payments', store: memoryCircuitStore() });
  return connectParty({ role: 'provider', circuit: circuits.circuit('provider', PARTY_CIRCUIT), ...options });
}

describe('calling an outside party', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function aParty(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  const secret = async () => 's3cret';
  const get = { method: 'GET', path: '/charges/ord_1' } as const;

  test('reads the secret anew and repeats once when it is refused, for it may have been changed', async () => {
    const seen: Array<string | undefined> = [];
    const url = await aParty((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end('{}');
    });

    const outcome = await connect({ url, secret: async (fresh) => (fresh ? 'new' : 'old') }).call(get);

    expect(outcome).toEqual({ kind: 'answered', status: 200, body: {} });
    expect(seen).toEqual(['Bearer old', 'Bearer new']);
  });

  test('answers a refusal that a new look at the secret does not mend', async () => {
    let calls = 0;
    const url = await aParty((_, response) => {
      calls += 1;
      response.writeHead(401).end('{}');
    });

    expect(await connect({ url, secret }).call(get)).toMatchObject({ kind: 'answered', status: 401 });
    expect(calls).toBe(2);
  });

  test('sends JSON with the bearer secret to the path behind its URL', async () => {
    let seen: unknown;
    const url = await aParty(async (request, response) => {
      const chunks = await request.toArray();
      const { authorization, 'content-type': contentType, 'idempotency-key': key } = request.headers;
      seen = { method: request.method, url: request.url, authorization, contentType, key, body: String(chunks[0]) };
      response.writeHead(201).end('{"status":"CAPTURED"}');
    });

    const outcome = await connect({ url, secret }).call({
      method: 'POST',
      path: '/charges',
      headers: { 'idempotency-key': 'k' },
      body: { reference: 'ord_1' },
    });

    expect(outcome).toEqual({ kind: 'answered', status: 201, body: { status: 'CAPTURED' } });
    expect(seen).toEqual({
      method: 'POST',
      url: '/charges',
      authorization: 'Bearer s3cret',
      contentType: 'application/json',
      key: 'k',
      body: '{"reference":"ord_1"}',
    });
  });

  test('is a span of the caller by the role of the party, which gets its place in the trace', async () => {
    const daemon = await startXrayDaemon();
    const seen: unknown[] = [];
    const url = await aParty((request, response) => {
      seen.push(request.headers.traceparent);
      response.writeHead(402).end('{}');
    });

    const { call } = connect({ url, secret });
    await inSpan('caller', {}, () => call({ method: 'POST', path: '/charges/ord_1', body: {} }));

    const [span, caller] = await daemon.received(2);
    const place = { name: 'POST provider', namespace: 'remote', parent_id: caller?.id };
    expect(span).toMatchObject({ ...place, error: true, annotations: { status: 402 } });
    expect(seen).toEqual([`00-${String(span?.trace_id).replace(/^1-|-/g, '')}-${span?.id}-01`]);
    daemon.close();
  });

  test('that has no certain end is a fault', async () => {
    const daemon = await startXrayDaemon();

    await connect({ url: 'http://127.0.0.1:1/', secret }).call(get);

    expect(await daemon.received(1)).toMatchObject([{ fault: true, annotations: { errorName: 'TypeError' } }]);
    daemon.close();
  });

  test('takes a refusal for an answer', async () => {
    const url = await aParty((_, response) => response.writeHead(404).end());

    expect(await connect({ url, secret }).call(get)).toEqual({
      kind: 'answered',
      status: 404,
      body: undefined,
    });
  });

  test.each([500, 502, 503])('does not take a %d for an answer: the effect may be there', async (status) => {
    const url = await aParty((_, response) => response.writeHead(status).end('{"message":"sorry"}'));

    expect(await connect({ url, secret }).call(get)).toEqual({
      kind: 'unknown',
      why: `answered ${status}`,
    });
  });

  test('gives up when there is no answer in time', async () => {
    const url = await aParty(() => {});

    const outcome = await connect({ url, secret, timeoutMs: 20 }).call(get);

    expect(outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('TimeoutError') });
  });

  test('gives up when the answer does not come to its end in time', async () => {
    const url = await aParty((_, response) => response.writeHead(200).write('{'));

    const outcome = await connect({ url, secret, timeoutMs: 50 }).call(get);

    expect(outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('TimeoutError') });
  });

  test('sends nothing more once it has given up, not even with the secret that has changed', async () => {
    const seen: unknown[] = [];
    const url = await aParty((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end('{}');
    });
    let tellFresh: (secret: string) => void = () => {};
    const fresh = new Promise<string>((resolve) => {
      tellFresh = resolve;
    });
    const slowSecret = (isFresh?: 'fresh') => (isFresh ? fresh : Promise.resolve('old'));

    const outcome = await connect({ url, secret: slowSecret, timeoutMs: 100 }).call(get);
    tellFresh('new');
    // What went out before this one would have come before it.
    await connect({ url, secret }).call(get);

    expect(outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('TimeoutError') });
    expect(seen).toEqual(['Bearer old', 'Bearer s3cret', 'Bearer s3cret']);
  });

  test('does not know what happened when the connection is lost', async () => {
    const url = await aParty((request) => request.socket.destroy());

    expect(await connect({ url, secret }).call(get)).toMatchObject({ kind: 'unknown' });
  });

  test('does not know what happened when nobody listens', async () => {
    const url = await aParty(() => {});
    await new Promise((resolve) => server?.close(resolve));

    const outcome = await connect({ url, secret }).call(get);

    expect(outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('ECONNREFUSED') });
  });

  test('does not repeat an answer that is not JSON in the log', async () => {
    const url = await aParty((_, response) => response.end('<html>tok_secret</html>'));

    expect(await connect({ url, secret }).call(get)).toEqual({
      kind: 'unknown',
      why: 'the answer is not JSON',
    });
  });

  test('reads no more than 64 KB', async () => {
    const url = await aParty((_, response) => response.end(JSON.stringify('x'.repeat(70_000))));

    const outcome = await connect({ url, secret }).call(get);

    expect(outcome).toMatchObject({ kind: 'unknown', why: expect.stringContaining('more than 65536 bytes') });
  });

  test('does not follow a redirect', async () => {
    let calls = 0;
    const url = await aParty((_, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });

    expect(await connect({ url, secret }).call(get)).toMatchObject({ kind: 'answered', status: 302 });
    expect(calls).toBe(1);
  });

  test('fails, with nothing sent, when the secret cannot be read', async () => {
    let calls = 0;
    const url = await aParty(() => {
      calls += 1;
    });
    const noSecret = () => Promise.reject(new Error('the secret could not be read'));

    await expect(connect({ url, secret: noSecret }).call(get)).rejects.toThrow('the secret could not be read');
    expect(calls).toBe(0);
  });
});

describe('reading an answer', () => {
  const schema = object({ status: literal('CAPTURED') });

  test.each<[string, PartyOutcome, unknown]>([
    ['the body of a 200', { kind: 'answered', status: 200, body: { status: 'CAPTURED' } }, { status: 'CAPTURED' }],
    ['the body of a 201', { kind: 'answered', status: 201, body: { status: 'CAPTURED' } }, { status: 'CAPTURED' }],
    ['nothing of a 404', { kind: 'answered', status: 404, body: { status: 'CAPTURED' } }, undefined],
    ['nothing of a body that is something else', { kind: 'answered', status: 200, body: 'CAPTURED' }, undefined],
    ['nothing of an unknown outcome', { kind: 'unknown', why: 'silence' }, undefined],
  ])('gives %s', (_, outcome, expected) => {
    expect(readAnswer(schema, outcome)).toEqual(expected);
  });

  test('is told in a few words', () => {
    expect(describeOutcome({ kind: 'unknown', why: 'silence' })).toBe('silence');
    expect(describeOutcome({ kind: 'answered', status: 409, body: { token: 'x' } })).toBe('answered 409');
  });
});
