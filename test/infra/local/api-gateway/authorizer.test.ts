import {
  AUTHORIZER_ARN,
  apiOf,
  bodyOf,
  FUNCTION_ARN,
  operation,
  requestOf,
  returns,
  textOf,
  throws,
  uriOf,
} from './support';

const API_ARN = 'arn:aws:execute-api:eu-west-1:111122223333:api1';

/** An API whose methods need `authorizer`, which is a TOKEN authorizer unless told. */
function guarded(authorizer: object = {}) {
  const extension = { type: 'token', authorizerUri: uriOf(AUTHORIZER_ARN), ...authorizer };
  const scheme = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': extension };
  const security = [{ guard: [] }];
  return bodyOf(
    {
      '/things': { get: operation(), post: operation() },
      '/things/{thingId}': { get: operation() },
      '/health': { get: operation({ security: [] }) },
    },
    { components: { securitySchemes: { guard: scheme } }, security },
  );
}

function policy(...statements: Array<[effect: string, resource: string | string[]]>) {
  const Statement = statements.map(([Effect, Resource]) => ({ Effect, Action: 'execute-api:Invoke', Resource }));
  return { principalId: 'ada', policyDocument: { Version: '2012-10-17', Statement } };
}

const allowAll = policy(['Allow', `${API_ARN}/*`]);
const withToken = (token: string) => ({ headers: { authorization: [token] } });

function apiWith(answer: () => unknown, authorizer: object = {}) {
  return apiOf(guarded(authorizer), { answers: { [AUTHORIZER_ARN]: answer } });
}

describe('a TOKEN authorizer', () => {
  test('gets the token and the method, and its result reaches the function as strings', async () => {
    const context = { tier: 'gold', limit: 5, internal: false };
    const { api, invocations } = apiWith(() => returns({ ...allowAll, context }));

    const answer = await api.handle(requestOf('GET /things/7', withToken('Bearer abc')));

    const methodArn = `${API_ARN}/dev/GET/things/7`;
    expect(answer.status).toBe(200);
    expect(invocations[0]).toEqual({
      functionArn: AUTHORIZER_ARN,
      event: { type: 'TOKEN', methodArn, authorizationToken: 'Bearer abc' },
    });
    expect(invocations[1]?.event.requestContext.authorizer).toEqual({
      principalId: 'ada',
      tier: 'gold',
      limit: '5',
      internal: 'false',
    });
  });

  test('is not asked by a method without security', async () => {
    const { api, invocations } = apiWith(() => throws('Unauthorized'));

    const answer = await api.handle(requestOf('GET /health'));

    expect(answer.status).toBe(200);
    expect(invocations.map(({ functionArn }) => functionArn)).toEqual([FUNCTION_ARN]);
  });

  test.each<[string, Record<string, string[]>]>([
    ['no token', {}],
    ['a blank token', { Authorization: [' '] }],
  ])('is not invoked for %s', async (_, headers) => {
    const { api, invocations } = apiWith(() => returns(allowAll));

    const answer = await api.handle(requestOf('GET /things', { headers }));

    expect([answer.status, textOf(answer)]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(invocations).toEqual([]);
  });

  test.each<[string, () => unknown, number, string]>([
    ['throws Unauthorized', () => throws('Unauthorized'), 401, '{"message":"Unauthorized"}'],
    ['throws anything else', () => throws('jwks is down'), 500, '{"message":null}'],
    ['cannot be invoked', () => Promise.reject(new Error('Rate Exceeded')), 500, '{"message":null}'],
    ['returns no policy', () => returns({ principalId: 'ada' }), 500, '{"message":null}'],
    ['returns no principal', () => returns({ ...allowAll, principalId: undefined }), 500, '{"message":null}'],
    ['returns a context with an object', () => returns({ ...allowAll, context: { a: {} } }), 500, '{"message":null}'],
    ['returns what is not an object', () => returns('yes'), 500, '{"message":null}'],
  ])('that %s lets nobody in', async (_, answer, status, text) => {
    const { api, invocations } = apiWith(answer);

    const result = await api.handle(requestOf('GET /things', withToken('abc')));

    expect([result.status, textOf(result)]).toEqual([status, text]);
    expect(invocations.map(({ functionArn }) => functionArn)).toEqual([AUTHORIZER_ARN]);
  });

  test('that does not answer in 29 s lets nobody in', async () => {
    const { api, clock } = apiWith(() => new Promise(() => undefined));

    const pending = api.handle(requestOf('GET /things', withToken('abc')));
    clock.advance(29_000);
    const answer = await pending;

    expect([answer.status, textOf(answer)]).toEqual([500, '{"message":null}']);
  });

  test('needs a permission to be invoked', async () => {
    const asked: string[][] = [];
    const { api, failures } = apiOf(guarded(), {
      isInvokable: (...pair) => {
        asked.push(pair);
        return false;
      },
    });

    const answer = await api.handle(requestOf('GET /things', withToken('abc')));

    expect(answer.status).toBe(500);
    expect(asked).toEqual([[AUTHORIZER_ARN, `${API_ARN}/authorizers/guard`]]);
    expect(failures).toEqual([expect.stringContaining('Invalid permissions on Lambda function')]);
  });
});

describe('the policy of an authorizer', () => {
  const notAllowed = '{"message":"User is not authorized to access this resource"}';
  const denied = '{"message":"User is not authorized to access this resource with an explicit deny"}';

  test.each<[string, ReturnType<typeof policy>, number, string]>([
    ['allows the method itself', policy(['Allow', `${API_ARN}/dev/GET/things/7`]), 200, '{}'],
    ['allows it among others', policy(['Allow', [`${API_ARN}/dev/POST/x`, `${API_ARN}/*/GET/things/*`]]), 200, '{}'],
    ['allows it by single characters', policy(['Allow', `${API_ARN}/dev/GET/thing?/7`]), 200, '{}'],
    ['allows another method', policy(['Allow', `${API_ARN}/dev/POST/things/7`]), 403, notAllowed],
    ['allows only the beginning of it', policy(['Allow', `${API_ARN}/dev/GET/things`]), 403, notAllowed],
    ['allows a name that its dots do not spell', policy(['Allow', `${API_ARN}/dev/GET/th.ngs/7`]), 403, notAllowed],
    ['allows another API', policy(['Allow', `${API_ARN}2/*`]), 403, notAllowed],
    ['says nothing', policy(), 403, notAllowed],
    ['allows and denies it', policy(['Deny', `${API_ARN}/dev/GET/*`], ['Allow', `${API_ARN}/*`]), 403, denied],
    ['denies something else', policy(['Deny', `${API_ARN}/dev/POST/*`], ['Allow', `${API_ARN}/*`]), 200, '{}'],
  ])('that %s', async (_, result, status, text) => {
    const { api } = apiWith(() => returns(result));

    const answer = await api.handle(requestOf('GET /things/7', withToken('abc')));

    expect([answer.status, textOf(answer)]).toEqual([status, text]);
  });

  test.each([
    ['Action', 's3:GetObject', 403],
    ['Action', ['s3:*', 'EXECUTE-API:invoke'], 200],
    ['Condition', { IpAddress: {} }, 500],
    ['NotResource', '*', 500],
    ['Effect', 'allow', 500],
  ])('with %s %j is answered %i', async (member, value, status) => {
    const statement = { Effect: 'Allow', Action: 'execute-api:*', Resource: '*', [member]: value };
    const { api } = apiWith(() => returns({ principalId: 'ada', policyDocument: { Statement: statement } }));

    const answer = await api.handle(requestOf('GET /things', withToken('abc')));

    expect(answer.status).toBe(status);
  });
});

describe('the kept result of an authorizer', () => {
  const authorizations = (invocations: Array<{ functionArn: string }>) =>
    invocations.filter(({ functionArn }) => functionArn === AUTHORIZER_ARN).length;

  test.each([
    ['300 s unless told', {}, 300],
    ['as long as told', { authorizerResultTtlInSeconds: 60 }, 60],
  ])('serves a token %s', async (_, authorizer, ttlSeconds) => {
    const { api, clock, invocations } = apiWith(() => returns(allowAll), authorizer);

    await api.handle(requestOf('GET /things', withToken('abc')));
    clock.advance(ttlSeconds * 1000 - 1);
    await api.handle(requestOf('GET /things', withToken('abc')));
    const beforeExpiry = authorizations(invocations);
    clock.advance(1);
    await api.handle(requestOf('GET /things', withToken('abc')));

    expect([beforeExpiry, authorizations(invocations)]).toEqual([1, 2]);
  });

  test('is not kept with a time of 0', async () => {
    const { api, invocations } = apiWith(() => returns(allowAll), { authorizerResultTtlInSeconds: 0 });

    await api.handle(requestOf('GET /things', withToken('abc')));
    await api.handle(requestOf('GET /things', withToken('abc')));

    expect(authorizations(invocations)).toBe(2);
  });

  test('serves no other token', async () => {
    const { api, invocations } = apiWith(() => returns(allowAll));

    await api.handle(requestOf('GET /things', withToken('abc')));
    await api.handle(requestOf('GET /things', withToken('abd')));

    expect(authorizations(invocations)).toBe(2);
  });

  test('is evaluated anew for another method', async () => {
    const { api, invocations } = apiWith(() => returns(policy(['Allow', `${API_ARN}/dev/GET/*`])));

    const read = await api.handle(requestOf('GET /things', withToken('abc')));
    const write = await api.handle(requestOf('POST /things', withToken('abc')));

    expect([read.status, write.status, authorizations(invocations)]).toEqual([200, 403, 1]);
  });

  test.each([
    ['Unauthorized', 401],
    ['down', 500],
  ])('is none when the function throws %s', async (message, status) => {
    const outcomes: unknown[] = [throws(message), returns(allowAll)];
    const { api } = apiWith(() => outcomes.shift());

    const first = await api.handle(requestOf('GET /things', withToken('abc')));
    const second = await api.handle(requestOf('GET /things', withToken('abc')));

    expect([first.status, second.status]).toEqual([status, 200]);
  });
});

describe('an authorizer that is not supported', () => {
  test.each<[object, string]>([
    [{ type: 'cognito_user_pools' }, 'authorizer type must be token, got cognito_user_pools'],
    [{ type: 'request' }, 'authorizer type must be token, got request'],
    [{ authorizerUri: 'arn:aws:lambda:x' }, 'the URI must be arn:aws:apigateway:'],
    [{ identitySource: 'method.request.header.token' }, 'identitySource is not supported'],
    [{ identityValidationExpression: 'Bearer .*' }, 'identityValidationExpression is not supported'],
    [{ authorizerCredentials: 'arn:aws:iam::1:role/r' }, 'authorizerCredentials is not supported'],
    [{ providerARNs: [] }, 'providerARNs is not supported'],
  ])('with %j is refused when the API is opened', (authorizer, message) => {
    expect(() => apiOf(guarded(authorizer))).toThrow(`security scheme guard: ${message}`);
  });
});
