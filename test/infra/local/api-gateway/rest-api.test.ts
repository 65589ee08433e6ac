import { systemClock } from '../../../../infra/local/clock';
import { PARENT, ROOT, recordSpans, TRACE_HEADER, TRACE_ID } from '../recorded-spans';
import { apiOf, bodyOf, FUNCTION_ARN, NOW, operation, requestOf, returns, textOf, throws } from './support';

const things = bodyOf({
  '/': { get: operation() },
  '/things': { get: operation(), post: operation() },
  '/things/{thingId}': { get: operation() },
  '/things/{thingId}/parts/{partId}': { get: operation() },
  '/things/latest': { get: operation() },
  '/things/latest/parts': { get: operation() },
});

describe('the routes of a REST API', () => {
  test.each([
    ['GET /', '/', null],
    ['GET /things', '/things', null],
    ['GET /things/', '/things', null],
    ['GET /things/7', '/things/{thingId}', { thingId: '7' }],
    ['GET /things/a%2Fb%20c', '/things/{thingId}', { thingId: 'a/b c' }],
    ['GET /things/latest', '/things/latest', null],
    ['GET /things/latest/parts', '/things/latest/parts', null],
    ['GET /things/latest/parts/3', '/things/{thingId}/parts/{partId}', { thingId: 'latest', partId: '3' }],
  ])('serve %s from %s', async (target, resource, pathParameters) => {
    const { api, invocations } = apiOf(things);

    const answer = await api.handle(requestOf(target));

    expect(answer.status).toBe(200);
    expect(invocations).toEqual([
      { functionArn: FUNCTION_ARN, event: expect.objectContaining({ resource, pathParameters }) },
    ]);
  });

  test.each([
    'GET /nothing',
    'DELETE /things',
    'GET /things//parts/3',
    'GET /things/7/parts',
    'HEAD /things',
    'get /things',
  ])('refuse %s, which the API does not have', async (target) => {
    const { api, invocations } = apiOf(things);

    const answer = await api.handle(requestOf(target));

    expect([answer.status, textOf(answer)]).toEqual([403, '{"message":"Missing Authentication Token"}']);
    expect(invocations).toEqual([]);
  });

  test.each(['GET /things/%E0%A4%A', 'GET /things/%', 'GET /things?name=%zz'])(
    'refuse %s, which cannot be decoded',
    async (target) => {
      const { api } = apiOf(things);

      const answer = await api.handle(requestOf(target));

      expect([answer.status, textOf(answer)]).toEqual([400, '{"message":"Bad Request"}']);
    },
  );
});

describe('the event of a proxy integration', () => {
  test('has every documented member', async () => {
    const { api, invocations } = apiOf(things);
    const headers = {
      Host: ['api.example.test:3000'],
      'User-Agent': ['tests'],
      Accept: ['text/plain', 'application/json'],
      Connection: ['keep-alive'],
      'X-Amzn-Trace-Id': ['Root=1-00000001-000000000000000000000001;Sampled=1'],
    };

    await api.handle(requestOf('POST /things?tag=a&tag=b+c&empty', { headers, body: Buffer.from('{"name":"ä"}') }));

    const sent = { Host: headers.Host, 'User-Agent': ['tests'], Accept: headers.Accept };
    expect(invocations[0]?.event).toEqual({
      resource: '/things',
      path: '/things',
      httpMethod: 'POST',
      headers: {
        Host: 'api.example.test:3000',
        'User-Agent': 'tests',
        Accept: 'application/json',
        'X-Amzn-Trace-Id': 'Root=1-00000001-000000000000000000000001;Sampled=1',
      },
      multiValueHeaders: { ...sent, 'X-Amzn-Trace-Id': headers['X-Amzn-Trace-Id'] },
      queryStringParameters: { tag: 'b c', empty: '' },
      multiValueQueryStringParameters: { tag: ['a', 'b c'], empty: [''] },
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        accountId: '111122223333',
        apiId: 'api1',
        resourceId: expect.stringMatching(/^[0-9a-f]{6}$/),
        resourcePath: '/things',
        httpMethod: 'POST',
        path: '/things',
        stage: 'dev',
        requestId: '00000000-0000-4000-8000-000000000001',
        extendedRequestId: expect.stringMatching(/^[A-Za-z0-9_-]{15}=$/),
        requestTime: '24/Nov/2026:05:38:00 +0000',
        requestTimeEpoch: NOW,
        protocol: 'HTTP/1.1',
        identity: expect.objectContaining({ sourceIp: '203.0.113.9', userAgent: 'tests', accountId: null }),
        domainName: 'api.example.test',
        domainPrefix: 'api',
      },
      body: '{"name":"ä"}',
      isBase64Encoded: false,
    });
  });

  test('has null for what the request does not have', async () => {
    const { api, invocations } = apiOf(things);

    await api.handle(requestOf('GET /things'));

    expect(invocations[0]?.event).toMatchObject({
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
    });
  });

  test('gets a trace header when the client sent none, and the answer has the same', async () => {
    const { api, invocations } = apiOf(things);

    const answer = await api.handle(requestOf('GET /things'));

    const trace = invocations[0]?.event.headers['X-Amzn-Trace-Id'];
    const epochHex = Math.floor(NOW / 1000).toString(16);
    expect(trace).toMatch(new RegExp(`^Root=1-${epochHex}-[0-9a-f]{24}$`));
    expect(answer.headers['X-Amzn-Trace-Id']).toBe(trace);
  });

  test('gets another trace header for one that names no trace', async () => {
    const { api, invocations } = apiOf(things);

    await api.handle(requestOf('GET /things', { headers: { 'x-amzn-trace-id': ['mine'] } }));

    expect(invocations[0]?.event.headers).toEqual({ 'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-/) });
  });
});

describe('the trace of a request', () => {
  const headers = { 'X-Amzn-Trace-Id': [TRACE_HEADER] };

  test.each([
    [200, 'ok'],
    [404, 'error'],
    [429, 'throttle'],
    [502, 'fault'],
  ])('has it with the answer %d as %s, and the function as what it caused', async (statusCode, status) => {
    const { spans, beginSpan } = recordSpans(systemClock);
    const answers = { [FUNCTION_ARN]: () => returns({ statusCode, body: '{}' }) };
    const { api, traces } = apiOf(things, { answers, beginSpan });

    await api.handle(requestOf('GET /things/7', { headers }));

    const own = { name: 'GET /things/7', service: 'api-gateway', kind: 'server', status };
    expect(spans).toEqual([expect.objectContaining({ ...own, traceId: TRACE_ID, parentId: PARENT })]);
    expect(traces).toEqual([`${ROOT};Parent=${spans[0]?.spanId};Sampled=1`]);
  });

  test('has its refusal by the gateway', async () => {
    const { spans, beginSpan } = recordSpans(systemClock);

    await apiOf(things, { beginSpan }).api.handle(requestOf('GET /nothing', { headers }));

    expect(spans).toMatchObject([{ name: 'GET /nothing', status: 'error' }]);
  });

  test('is not recorded without tracing', async () => {
    const { spans, beginSpan } = recordSpans(systemClock);

    await apiOf(things, { beginSpan, stage: { tracingEnabled: false } }).api.handle(requestOf('GET /things'));

    expect(spans).toEqual([]);
  });
});

describe('required parameters', () => {
  const validator = { checked: { validateRequestParameters: true }, open: { validateRequestParameters: false } };
  const parameters = [
    { in: 'header', name: 'X-Key', required: true },
    { in: 'query', name: 'limit', required: true },
    { in: 'query', name: 'cursor', required: false },
  ];
  const body = bodyOf(
    {
      '/checked': { get: operation({ parameters }) },
      '/open': { get: operation({ parameters, 'x-amazon-apigateway-request-validator': 'open' }) },
    },
    { 'x-amazon-apigateway-request-validators': validator, 'x-amazon-apigateway-request-validator': 'checked' },
  );

  test.each<[string, Record<string, string[]>, number]>([
    ['GET /checked?limit=abc', { 'x-kEY': ['1'] }, 200],
    ['GET /checked?limit=5', {}, 400],
    ['GET /checked?limit=5', { 'X-Key': [' '] }, 400],
    ['GET /checked', { 'X-Key': ['1'] }, 400],
    ['GET /checked?limit=', { 'X-Key': ['1'] }, 400],
    ['GET /open', {}, 200],
  ])('%s with headers %j is answered %i', async (target, headers, status) => {
    const { api } = apiOf(body);

    const answer = await api.handle(requestOf(target, { headers }));

    expect(answer.status).toBe(status);
  });

  test('are all named when they are missing', async () => {
    const { api, invocations } = apiOf(body);

    const answer = await api.handle(requestOf('GET /checked'));

    expect(textOf(answer)).toBe('{"message":"Missing required request parameters: [X-Key, limit]"}');
    expect(invocations).toEqual([]);
  });
});

describe('a function that does not answer as it should', () => {
  const failures: Array<[string, () => unknown, number, RegExp]> = [
    ['throws', () => throws('boom'), 502, /customer function error: .*boom/],
    [
      'returns what is not a proxy result',
      () => returns({ hello: 'world' }),
      502,
      /Malformed Lambda proxy response: hello/,
    ],
    ['cannot be invoked', () => Promise.reject(new Error('Rate Exceeded')), 500, /Rate Exceeded/],
  ];

  test.each(failures)('that %s is an internal server error to the client', async (_, answer, status, line) => {
    const { api, failures } = apiOf(things, { answers: { [FUNCTION_ARN]: answer } });

    const result = await api.handle(requestOf('GET /things'));

    expect([result.status, textOf(result)]).toEqual([status, '{"message":"Internal server error"}']);
    expect(failures).toEqual([expect.stringMatching(line)]);
  });

  test.each([
    ['29 s', {}, 29_000],
    ['the integration’s own timeout', { timeoutInMillis: 500 }, 500],
  ])('is given up after %s', async (_, integration, timeoutMs) => {
    const body = bodyOf({ '/slow': { get: operation({}, integration) } });
    const { api, clock } = apiOf(body, { answers: { [FUNCTION_ARN]: () => new Promise(() => undefined) } });
    let answered = false;
    const answer = api.handle(requestOf('GET /slow')).then((result) => {
      answered = true;
      return result;
    });

    clock.advance(timeoutMs - 1);
    await new Promise(setImmediate);
    const answeredEarly = answered;
    clock.advance(1);
    const result = await answer;

    expect(answeredEarly).toBe(false);
    expect([result.status, textOf(result)]).toEqual([504, '{"message":"Endpoint request timed out"}']);
  });

  test('leaves no timer behind when it answers', async () => {
    const { api, clock } = apiOf(things);

    await api.handle(requestOf('GET /things'));

    expect(clock.timers).toBe(0);
  });

  test('is not invoked without a permission for the method, and the log says why', async () => {
    const asked: string[][] = [];
    const isInvokable = (...pair: [string, string]) => {
      asked.push(pair);
      return false;
    };
    const { api, invocations, failures } = apiOf(things, { isInvokable });

    const answer = await api.handle(requestOf('GET /things/7'));

    expect([answer.status, textOf(answer)]).toEqual([500, '{"message":"Internal server error"}']);
    expect(asked).toEqual([[FUNCTION_ARN, 'arn:aws:execute-api:eu-west-1:111122223333:api1/dev/GET/things/{thingId}']]);
    expect(invocations).toEqual([]);
    expect(failures).toEqual([expect.stringContaining('Invalid permissions on Lambda function')]);
  });
});

describe('the access log', () => {
  const logGroupArn = 'arn:aws:logs:eu-west-1:111122223333:log-group:access';
  const format =
    '{"id":"$context.requestId","ip":"$context.identity.sourceIp","path":"$context.resourcePath","status":$context.status,' +
    '"bytes":$context.responseLength,"error":"$context.error.message","who":"$context.authorizer.principalId",' +
    '"waf":"$context.wafResponseCode"}';

  test('has one line for each request, with - for what there is not', async () => {
    const { api, accessLog } = apiOf(things, { stage: { accessLog: { logGroupArn, format } } });

    await api.handle(requestOf('GET /things/7'));
    await api.handle(requestOf('GET /nothing'));

    expect(accessLog.map((entry) => entry.logGroupArn)).toEqual([logGroupArn, logGroupArn]);
    expect(accessLog.map(({ line }) => JSON.parse(line))).toEqual([
      expect.objectContaining({ path: '/things/{thingId}', status: 200, bytes: 2, error: '-', who: '-', waf: '-' }),
      expect.objectContaining({ path: '-', status: 403, error: 'Missing Authentication Token' }),
    ]);
  });
});
