import type { RestApiOptions } from '../../../../infra/local/api-gateway/rest-api';
import { memoryStore } from '../../../support/memory-store';
import {
  type ApiUnderTest,
  AUTHORIZER_ARN,
  apiOf,
  bodyOf,
  operation,
  requestOf,
  returns,
  textOf,
  uriOf,
} from './support';

type Plan = NonNullable<RestApiOptions['definition']['usagePlans']>[number];

const ANN = { apiKeyId: 'id-ann', value: 'key-of-ann-0123456789' };
const BOB = { apiKeyId: 'id-bob', value: 'key-of-bob-0123456789' };

const apiKey = { type: 'apiKey', name: 'x-api-key', in: 'header' };
const guard = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: uriOf(AUTHORIZER_ARN) },
};
const body = bodyOf(
  {
    '/open': { get: operation() },
    '/keyed': { get: operation({ security: [{ api_key: [] }] }), post: operation({ security: [{ api_key: [] }] }) },
    '/both': { get: operation({ security: [{ guard: [], api_key: [] }] }) },
    '/either': { get: operation({ security: [{ guard: [] }, { api_key: [] }] }) },
  },
  { components: { securitySchemes: { api_key: apiKey, guard } } },
);

function openApi(plan: Partial<Plan>, more: Parameters<typeof apiOf>[1] = {}): ApiUnderTest {
  const usagePlans = [{ usagePlanId: 'gold', apiKeys: [ANN, BOB], ...plan }];
  return apiOf(body, { usagePlans, store: memoryStore(), ...more });
}

const withKey = (target: string, key: string, more: Record<string, string[]> = {}) =>
  requestOf(target, { headers: { 'X-API-Key': [key], ...more } });

/** The statuses of `count` requests, one after another. */
async function statuses({ api }: ApiUnderTest, target: string, key: string, count: number): Promise<number[]> {
  const answers: number[] = [];
  for (let i = 0; i < count; i++) answers.push((await api.handle(withKey(target, key))).status);
  return answers;
}

describe('a method that needs an API key', () => {
  test.each([
    ['a key of the plan', { 'x-api-key': [ANN.value] }, 200],
    ['no key', {}, 403],
    ['an empty key', { 'x-api-key': [''] }, 403],
    ['an unknown key', { 'x-api-key': ['somebody-else-0123456789'] }, 403],
  ])('answers a request with %s', async (_, headers, status) => {
    const { api, invocations } = openApi({});

    const answer = await api.handle(requestOf('GET /keyed', { headers }));

    expect(answer.status).toBe(status);
    expect(textOf(answer)).toBe(status === 200 ? '{}' : '{"message":"Forbidden"}');
    expect(invocations).toHaveLength(status === 200 ? 1 : 0);
  });

  test('tells the function which key it was', async () => {
    const { api, invocations } = openApi({});

    await api.handle(withKey('GET /keyed', ANN.value));

    expect(invocations[0]?.event.requestContext).toMatchObject({
      identity: { apiKey: ANN.value, apiKeyId: ANN.apiKeyId },
    });
  });

  test('refuses every key when no plan is about the stage', async () => {
    const { api } = apiOf(body);

    const answer = await api.handle(withKey('GET /keyed', ANN.value));

    expect(answer.status).toBe(403);
  });

  test.each(['GET /both', 'GET /either'])('%s has the authorizer decide first', async (target) => {
    const { api, invocations } = openApi({}, { answers: { [AUTHORIZER_ARN]: () => returns(admitting()) } });

    const withoutToken = await api.handle(withKey(target, ANN.value));
    const withoutKey = await api.handle(requestOf(target, { headers: { Authorization: ['token'] } }));
    const withBoth = await api.handle(withKey(target, ANN.value, { Authorization: ['token'] }));

    expect([withoutToken.status, withoutKey.status, withBoth.status]).toEqual([401, 403, 200]);
    expect(invocations.map(({ functionArn }) => functionArn === AUTHORIZER_ARN)).toEqual([true, false]);
  });
});

describe('a usage plan', () => {
  test('throttles each key by itself, and its methods together', async () => {
    const underTest = openApi({ throttle: { ratePerSecond: 1, burst: 2 } });

    const ann = await statuses(underTest, 'GET /keyed', ANN.value, 2);
    const annElsewhere = await statuses(underTest, 'POST /keyed', ANN.value, 1);
    const bob = await statuses(underTest, 'GET /keyed', BOB.value, 3);
    underTest.clock.advance(1_000);
    const later = await statuses(underTest, 'GET /keyed', ANN.value, 2);

    expect([ann, annElsewhere, bob, later]).toEqual([[200, 200], [429], [200, 200, 429], [200, 429]]);
  });

  test('says that its quota is used up as AWS does, and counts what it throttled for nothing', async () => {
    const underTest = openApi({ throttle: { ratePerSecond: 1, burst: 1 }, quota: { limit: 2, period: 'DAY' } });

    const first = await statuses(underTest, 'GET /keyed', ANN.value, 3);
    underTest.clock.advance(1_000);
    const second = await statuses(underTest, 'GET /keyed', ANN.value, 1);
    underTest.clock.advance(1_000);
    const refused = await underTest.api.handle(withKey('GET /keyed', ANN.value));

    expect([first, second]).toEqual([[200, 429, 429], [200]]);
    expect([refused.status, textOf(refused)]).toEqual([429, '{"message":"Limit Exceeded"}']);
  });

  test('has its count in the store before the function is invoked', async () => {
    const store = memoryStore();
    const counts: unknown[] = [];
    const underTest = openApi(
      { quota: { limit: 5, period: 'DAY' } },
      {
        store,
        invokeLambda: async () => {
          counts.push(await store.get('quota/gold/id-ann'));
          return returns({});
        },
      },
    );

    await statuses(underTest, 'GET /keyed', ANN.value, 2);

    expect(counts).toEqual([1, 2].map((requests) => ({ period: 'DAY 2026-11-24', requests })));
  });

  test('does not touch methods that need no key', async () => {
    const underTest = openApi({ throttle: { ratePerSecond: 0, burst: 0 } });

    expect(await statuses(underTest, 'GET /open', ANN.value, 2)).toEqual([200, 200]);
  });

  test('is refused with one key twice', () => {
    expect(() => openApi({ apiKeys: [ANN, ANN] })).toThrow(
      'an API key can be in one usage plan of a stage, but id-ann is in two',
    );
  });
});

function admitting(): object {
  return { principalId: 'ann', policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } };
}
