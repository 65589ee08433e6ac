import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { NotFoundError, ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { type UrlRequest, type UrlRoutes, urlHandler } from '../../../lib/lambda/url-handler';
import { aContext, aUrlEvent } from '../../support/a-url-event';

describe('a function URL', () => {
  let log: jest.SpyInstance[];
  beforeEach(() => {
    log = [jest.spyOn(console, 'warn').mockImplementation(), jest.spyOn(console, 'error').mockImplementation()];
  });
  afterEach(() => jest.restoreAllMocks());

  let request: UrlRequest | undefined;
  const routes: UrlRoutes = {
    'POST /charges': async (got) => {
      request = got;
      return { status: 201, body: { made: true }, headers: { location: '/charges/1' } };
    },
    'GET /charges/{reference}': async (got) => {
      request = got;
      return { status: 200, body: { reference: got.path.reference } };
    },
    'GET /missing': async () => {
      throw new NotFoundError('charge', 'ord_1');
    },
    'GET /sick': async () => {
      throw new ServiceUnavailableError('provider', new Error('internal detail'));
    },
    'GET /broken': async () => {
      throw new TypeError('internal detail');
    },
  };
  const invoke = (event: LambdaFunctionURLEvent) =>
    urlHandler(routes, async () => 's3cret')(event, aContext(1234)) as Promise<{
      statusCode: number;
      headers: Record<string, string>;
      body: string;
    }>;

  test('gives the use case method, path, query, headers, body and time', async () => {
    const event = aUrlEvent('POST /charges', {
      body: { a: 1 },
      headers: { 'idempotency-key': 'k' },
      query: { q: '1' },
    });

    const answer = await invoke(event);

    expect(request).toMatchObject({ path: {}, query: { q: '1' }, headers: { 'idempotency-key': 'k' }, body: { a: 1 } });
    expect(request?.remainingMs()).toBe(1234);
    expect(answer).toMatchObject({ statusCode: 201, body: '{"made":true}' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      location: '/charges/1',
      'x-trace-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('finds a route with a part of the path in it', async () => {
    expect(await invoke(aUrlEvent('GET /charges/ord_1'))).toMatchObject({ body: '{"reference":"ord_1"}' });
  });

  test('has no body when none is sent', async () => {
    await invoke(aUrlEvent('POST /charges'));

    expect(request?.body).toBeUndefined();
  });

  test('reads a body in base64', async () => {
    const body = Buffer.from('{"é":1}').toString('base64');

    await invoke({ ...aUrlEvent('POST /charges', { body }), isBase64Encoded: true });

    expect(request?.body).toEqual({ é: 1 });
  });

  test.each([
    ['without a secret', { authorization: undefined }],
    ['with another secret', { authorization: 'Bearer s3creT' }],
    ['with a part of the secret', { authorization: 'Bearer s3cre' }],
    ['with the secret in another scheme', { authorization: 'Basic s3cret' }],
  ])('turns a caller %s away', async (_, headers) => {
    request = undefined;

    const answer = await invoke(aUrlEvent('POST /charges', { body: {}, headers }));

    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(request).toBeUndefined();
  });

  test.each([
    ['a body that is not JSON', { body: '{' }, 400, 'MALFORMED_BODY'],
    [
      'a body of another type',
      { body: 'a=1', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body of no type', { body: '{}', headers: { 'content-type': undefined } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is too large', { body: JSON.stringify('x'.repeat(262_144)) }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_, parts, status, code) => {
    const answer = await invoke(aUrlEvent('POST /charges', parts));

    expect(JSON.parse(answer.body)).toMatchObject({ status, code });
  });

  test.each(['GET /nowhere', 'DELETE /charges', 'GET /charges/a/b', 'GET /charges/'])(
    'has nothing at %s',
    async (route) => {
      const answer = await invoke(aUrlEvent(route));

      expect(JSON.parse(answer.body)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    },
  );

  test('answers an error that is meant for the caller as a problem', async () => {
    const answer = await invoke(aUrlEvent('GET /missing'));

    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({
      title: 'Not Found',
      code: 'NOT_FOUND',
      traceId: answer.headers['x-trace-id'],
    });
  });

  test('keeps the cause of a problem for the log', async () => {
    const answer = await invoke(aUrlEvent('GET /sick'));

    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('internal detail');
    expect(log[0]).toHaveBeenCalledWith(expect.stringContaining('internal detail'));
  });

  test('ends without an answer on any other error, so that the URL answers 502', async () => {
    await expect(invoke(aUrlEvent('GET /broken'))).rejects.toThrow(TypeError);

    expect(log[1]).toHaveBeenCalledWith(expect.stringContaining('GET /broken'));
  });
});
