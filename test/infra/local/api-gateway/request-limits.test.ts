import type { HttpRequest } from '../../../../infra/local/api-gateway/http-message';
import { apiOf, bodyOf, FUNCTION_ARN, operation, requestOf, returns, textOf } from './support';

/** Sources: "Quotas for configuring and running a REST API" and "Amazon API Gateway quotas" of AWS's developer guide. */
const MB = 1024 * 1024;
const things = bodyOf({ '/things': { post: operation() } });

const [bodyTooLarge, headersTooLarge] = [
  [413, '{"message":"HTTP content length exceeded 10485760 bytes."}'],
  [413, '{"message":"HTTP header is larger than 10240 bytes."}'],
] as const;
const served = [200, '{}'] as const;
const withHost = (headers: Record<string, string[]>) => ({ headers: { Host: ['h'], ...headers } });
describe('the limits of a request', () => {
  const cases: Array<[string, string, Partial<HttpRequest>, readonly [number, string]]> = [
    ['a body of 10 MB', 'POST /things', { body: Buffer.alloc(10 * MB, 'a') }, served],
    ['a body over 10 MB', 'POST /things', { body: Buffer.alloc(10 * MB + 1, 'a') }, bodyTooLarge],
    ['a body that the server did not read', 'POST /things', { isBodyCut: true }, bodyTooLarge],
    ['header values of 10,240 bytes', 'POST /things', withHost({ A: ['x'.repeat(10_000), 'y'.repeat(239)] }), served],
    [
      'header values over 10,240 bytes',
      'POST /things',
      withHost({ A: ['x'.repeat(10_000), 'y'.repeat(240)] }),
      headersTooLarge,
    ],
  ];

  test.each(cases)('say about %s what AWS says', async (_, target, more, [status, text]) => {
    const { api } = apiOf(things);

    const answer = await api.handle(requestOf(target, more));

    expect([answer.status, textOf(answer)]).toEqual([status, text]);
  });

  test.each([
    [10 * MB, 200],
    [10 * MB + 1, 500],
  ])('let an answer of %i bytes through with %i', async (bytes, status) => {
    const { api, failures } = apiOf(things, {
      answers: { [FUNCTION_ARN]: () => returns({ body: 'a'.repeat(bytes) }) },
    });

    const answer = await api.handle(requestOf('POST /things'));

    expect(answer.status).toBe(status);
    expect(failures.join('')).toMatch(status === 200 ? /^$/ : /length 10485761 is larger than allowed maximum/);
  });
});
