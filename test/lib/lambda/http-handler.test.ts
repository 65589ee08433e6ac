import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import * as v from 'valibot';
import { NotFoundError, ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { defineService } from '../../../lib/service/contract';
import { anApiEvent, type EventParts } from '../an-api-event';

const kettle = defineService({
  name: 'kettle',
  version: '1.0.0',
  summary: 'Boils water.',
  handlers: {
    boil: {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'PUT',
            path: '/v1/kettles/{name}',
            operationId: 'boil',
            summary: 'Boil water',
            scope: null,
            pathParameters: { name: v.pipe(v.string(), v.regex(/^[a-z]+$/)) },
            body: v.strictObject({ degrees: v.number() }),
            answers: { 200: { description: 'Boiling', body: v.looseObject({}) } },
          },
          {
            method: 'PUT',
            path: '/v2/kettles/{name}',
            operationId: 'boilV2',
            summary: 'Boil water',
            scope: null,
            pathParameters: { name: v.string() },
            body: v.strictObject({ kelvin: v.number() }),
            answers: { 200: { description: 'Boiling', body: v.looseObject({}) } },
          },
        ],
      },
      timeoutSeconds: 10,
    },
    ask: { trigger: { kind: 'query', input: v.any(), output: v.any() }, timeoutSeconds: 10 },
  },
});

const CONTEXT = { awsRequestId: 'request-1' } as Context;
const TRACE_ID = '5759e988bd862e3fe1be46a994272793';

type UseCase = Parameters<typeof httpHandler<typeof kettle, 'boil'>>[2];

function put(useCase: UseCase, parts: EventParts = {}): Promise<APIGatewayProxyResult> {
  const event = anApiEvent({
    method: 'PUT',
    resource: '/v1/kettles/{name}',
    path: { name: 'big' },
    headers: { 'content-type': 'application/json' },
    body: '{"degrees":100}',
    ...parts,
  });
  return httpHandler(kettle, 'boil', useCase)(event, CONTEXT) as Promise<APIGatewayProxyResult>;
}

const failingWith = (error: unknown): UseCase => {
  return async () => {
    throw error;
  };
};

describe('a handler of a route', () => {
  let logged: jest.SpyInstance;

  beforeEach(() => {
    process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
    jest.restoreAllMocks();
  });

  it('answers what the use case does, as JSON, with trace id and security headers', async () => {
    const answer: HttpAnswer = { status: 202, body: { is: 'boiling' }, headers: { location: '/v1/kettles/big' } };

    const result = await put(async () => answer);

    expect(result).toEqual({
      statusCode: 202,
      headers: {
        'cache-control': 'no-store',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'content-type': 'application/json',
        location: '/v1/kettles/big',
        'x-trace-id': TRACE_ID,
      },
      body: '{"is":"boiling"}',
    });
  });

  it('answers a text as it is', async () => {
    expect((await put(async () => ({ status: 200, body: '{ "is": 1 }' }))).body).toBe('{ "is": 1 }');
  });

  it('checks the request by the contract of its own route', async () => {
    const bodies: unknown[] = [];
    const useCase: UseCase = async ({ body, path, traceId }) => {
      bodies.push({ body, path, traceId });
      return { status: 200, body: {} };
    };

    await put(useCase);
    await put(useCase, { resource: '/v2/kettles/{name}', body: '{"kelvin":373}' });

    expect(bodies).toEqual([
      { body: { degrees: 100 }, path: { name: 'big' }, traceId: TRACE_ID },
      { body: { kelvin: 373 }, path: { name: 'big' }, traceId: TRACE_ID },
    ]);
  });

  it('answers a request that breaks the contract by a problem, without the use case', async () => {
    const useCase = jest.fn();

    const result = await put(useCase, { body: '{"degrees":"hot"}' });

    expect(result.statusCode).toBe(400);
    expect(result.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-trace-id': TRACE_ID });
    expect(JSON.parse(result.body)).toEqual({
      type: 'urn:holdfast:problem:invalid-request',
      title: 'Bad Request',
      status: 400,
      detail: 'the request breaks the contract of this route',
      code: 'INVALID_REQUEST',
      traceId: TRACE_ID,
      errors: [{ path: 'degrees', message: 'must be number, got "hot"' }],
    });
    expect(useCase).not.toHaveBeenCalled();
    expect(logged).not.toHaveBeenCalled();
  });

  it('answers an error of ours by its problem, and does not log what is the caller to blame for', async () => {
    const result = await put(failingWith(new NotFoundError('kettle', 'big')));

    expect([result.statusCode, JSON.parse(result.body).code]).toEqual([404, 'NOT_FOUND']);
    expect(result.headers).not.toHaveProperty('retry-after');
    expect(logged).not.toHaveBeenCalled();
  });

  it('says when to come again, and logs why', async () => {
    const result = await put(failingWith(new ServiceUnavailableError('water', new Error('no pipe'))));

    expect([result.statusCode, result.headers?.['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(logged.mock.calls[0]?.[0])).toMatchObject({
      level: 'error',
      message: 'request failed',
      traceId: TRACE_ID,
      operation: 'PUT /v1/kettles/{name}',
      code: 'SERVICE_UNAVAILABLE',
      error: { name: 'ServiceUnavailableError', cause: { message: 'no pipe' } },
    });
  });

  it('answers any other error by a 500 that tells nothing, and logs it', async () => {
    const result = await put(failingWith(new Error('the kettle leaks')));

    expect([result.statusCode, JSON.parse(result.body).code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(result.body).not.toContain('leaks');
    expect(logged.mock.calls[0]?.[0]).toContain('the kettle leaks');
  });

  it('answers a route that its contract does not have by a 500', async () => {
    const result = await put(async () => ({ status: 200, body: {} }), { resource: '/v3/kettles/{name}' });

    expect(result.statusCode).toBe(500);
    expect(logged.mock.calls[0]?.[0]).toContain('the contract has no route PUT /v3/kettles/{name}');
  });

  it('makes a trace id of the request where tracing is off', async () => {
    delete process.env._X_AMZN_TRACE_ID;

    const { headers } = await put(async () => ({ status: 200, body: {} }));

    expect(headers?.['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('cannot be made for a handler without routes', () => {
    const untyped = httpHandler as unknown as (contract: typeof kettle, name: string) => unknown;

    expect(() => untyped(kettle, 'ask')).toThrow('kettle/ask has no http trigger');
  });
});
