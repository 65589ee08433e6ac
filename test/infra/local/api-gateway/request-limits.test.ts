import type { HttpRequest } from '../../../../infra/local/api-gateway/http-message';
import { apiOf, bodyOf, FUNCTION_ARN, operation, requestOf, returns, textOf, uriOf } from './support';

/** Sources: "Quotas for configuring and running a REST API" and "Amazon API Gateway quotas" of AWS's developer guide. */
const MB = 1024 * 1024;
const token = { type: 'token', authorizerUri: uriOf(FUNCTION_ARN) };
const things = bodyOf(
  {
    '/things': { post: operation() },
    '/things/{thingId}': { get: operation(), delete: operation({ security: [{ guard: [] }] }) },
  },
  {
    components: {
      securitySchemes: {
        guard: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': token },
      },
    },
  },
);
const admitting = {
  principalId: 'ann',
  policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
};

const [bodyTooLarge, headersTooLarge, uriTooLong] = [
  [413, '{"message":"HTTP content length exceeded 10485760 bytes."}'],
  [413, '{"message":"HTTP header is larger than 10240 bytes."}'],
  [414, '{"message":"Request URI too long"}'],
] as const;
const served = [200, '{}'] as const;
const withHost = (headers: Record<string, string[]>) => ({ headers: { Host: ['h'], ...headers } });
/** As long as what is before and after the id in a URL, or in the ARN of the method. */
const [urlFrame, arnFrame] = [
  'https://h/things/?'.length,
  'arn:aws:execute-api:eu-west-1:111122223333:api1/dev/DELETE/things/'.length,
];

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
    ['a URL of 10,240 characters', `GET /things/${'i'.repeat(10_240 - urlFrame)}`, withHost({}), served],
    ['a URL over 10,240 characters', `GET /things/${'i'.repeat(10_241 - urlFrame)}`, withHost({}), uriTooLong],
    ['a long query', `GET /things/1?${'q'.repeat(10_240)}`, withHost({}), uriTooLong],
    [
      'an ARN to authorize of 1,600 bytes',
      `DELETE /things/${'i'.repeat(1_600 - arnFrame)}`,
      withHost({ Authorization: ['t'] }),
      served,
    ],
    [
      'an ARN to authorize over 1,600 bytes',
      `DELETE /things/${'i'.repeat(1_601 - arnFrame)}`,
      withHost({ Authorization: ['t'] }),
      uriTooLong,
    ],
  ];

  test.each(cases)('say about %s what AWS says', async (_, target, more, [status, text]) => {
    const { api } = apiOf(things, {
      answers: { [FUNCTION_ARN]: () => returns(target.startsWith('DELETE') ? admitting : { body: '{}' }) },
      ...(target.startsWith('DELETE') && { invokeLambda: answeringBoth }),
    });

    const answer = await api.handle(requestOf(target, more));

    expect([answer.status, textOf(answer)]).toEqual([status, text]);
  });

  test.each([
    [10 * MB, 200],
    [10 * MB + 1, 500],
  ])('let an answer of %i bytes through with %i', async (bytes, status) => {
    const { api, executionLog } = apiOf(things, {
      answers: { [FUNCTION_ARN]: () => returns({ body: 'a'.repeat(bytes) }) },
    });

    const answer = await api.handle(requestOf('POST /things'));

    expect(answer.status).toBe(status);
    expect(executionLog.join('')).toMatch(status === 200 ? /^$/ : /length 10485761 is larger than allowed maximum/);
  });
});

async function answeringBoth(_: string, payload: string): Promise<{ payload: string }> {
  return returns(JSON.parse(payload).type === 'TOKEN' ? admitting : { body: '{}' });
}
