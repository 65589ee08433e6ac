import type { RestApiOptions } from '../../../../infra/local/api-gateway/rest-api';
import { type ApiUnderTest, apiOf, bodyOf, operation, requestOf, textOf } from './support';

const things = bodyOf({
  '/': { get: operation() },
  '/things': { get: operation(), post: operation() },
  '/things/{thingId}': { get: operation() },
});

type Settings = NonNullable<RestApiOptions['definition']['stage']['methodSettings']>;

function openApi(methodSettings: Settings): ApiUnderTest {
  return apiOf(things, { stage: { methodSettings } });
}

/** How many of `count` requests at once are served. */
async function served({ api }: ApiUnderTest, target: string, count: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => api.handle(requestOf(target))));
  return answers.filter(({ status }) => status === 200).length;
}

const everyMethod = { resourcePath: '/*', httpMethod: '*' };

describe('the throttle of a stage', () => {
  test('refuses what comes after the burst as AWS does, before the function is invoked', async () => {
    const underTest = openApi([{ ...everyMethod, throttle: { ratePerSecond: 1, burst: 1 } }]);

    await served(underTest, 'GET /things', 1);
    const answer = await underTest.api.handle(requestOf('GET /things'));

    expect([answer.status, textOf(answer)]).toEqual([429, '{"message":"Too Many Requests"}']);
    expect(underTest.invocations).toHaveLength(1);
  });

  test('fills its bucket at the rate, up to the burst', async () => {
    const underTest = openApi([{ ...everyMethod, throttle: { ratePerSecond: 2, burst: 5 } }]);

    const first = await served(underTest, 'GET /things', 10);
    underTest.clock.advance(1_250);
    const second = await served(underTest, 'GET /things', 10);
    underTest.clock.advance(250);
    const third = await served(underTest, 'GET /things', 10);
    underTest.clock.advance(3_600_000);
    const last = await served(underTest, 'GET /things', 10);

    expect([first, second, third, last]).toEqual([5, 2, 1, 5]);
  });

  test('gives each method a bucket of its own', async () => {
    const underTest = openApi([{ ...everyMethod, throttle: { ratePerSecond: 1, burst: 3 } }]);

    const counts = [await served(underTest, 'GET /things', 5), await served(underTest, 'POST /things', 5)];

    expect(counts).toEqual([3, 3]);
  });

  test('lets the setting of one method win, with what it leaves out as for all', async () => {
    const underTest = openApi([
      { ...everyMethod, throttle: { ratePerSecond: 1, burst: 3 } },
      { resourcePath: '/things/{thingId}', httpMethod: 'GET', throttle: { burst: 2 } },
      { resourcePath: '/', httpMethod: 'GET', throttle: { ratePerSecond: 10, burst: 4 } },
    ]);

    const bursts = [await served(underTest, 'GET /things/7', 5), await served(underTest, 'GET /', 5)];
    underTest.clock.advance(1_000);
    const refills = [await served(underTest, 'GET /things/7', 5), await served(underTest, 'GET /', 5)];

    expect([bursts, refills]).toEqual([
      [2, 4],
      [1, 4],
    ]);
  });

  test('is the account’s where the template sets none: 5,000 at once, 10,000 a second, over all methods', async () => {
    const underTest = openApi([]);

    const first = await served(underTest, 'GET /things', 4_000);
    const rest = await served(underTest, 'POST /things', 2_000);
    underTest.clock.advance(100);
    const later = await served(underTest, 'GET /', 2_000);

    expect([first, rest, later]).toEqual([4_000, 1_000, 1_000]);
  });

  test('does not count what the API does not have', async () => {
    const underTest = openApi([{ ...everyMethod, throttle: { ratePerSecond: 1, burst: 1 } }]);

    const statuses = await Promise.all([1, 2].map(() => underTest.api.handle(requestOf('GET /nothing'))));

    expect(statuses.map(({ status }) => status)).toEqual([403, 403]);
  });

  test('refuses a setting for a method that is not there', () => {
    const setting = { resourcePath: '/other', httpMethod: 'GET', throttle: {} };

    expect(() => openApi([setting])).toThrow('method setting /other/GET: the API has no such method');
  });
});
