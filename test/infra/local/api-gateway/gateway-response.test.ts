import { apiOf, bodyOf, FUNCTION_ARN, operation, requestOf, textOf, throws } from './support';

const things = bodyOf({ '/things': { get: operation() } });
const template = (text: string) => ({ 'application/json': text });
const failing = { answers: { [FUNCTION_ARN]: () => throws('boom') } };

describe('a gateway response', () => {
  test('replaces status, headers and body of its type', async () => {
    const { api } = apiOf(things, {
      gatewayResponses: {
        MISSING_AUTHENTICATION_TOKEN: {
          statusCode: '404',
          responseParameters: {
            'gatewayresponse.header.content-type': "'application/problem+json'",
            'gatewayresponse.header.X-Request': 'context.requestId',
            'gatewayresponse.header.X-Origin': 'method.request.header.origin',
            'gatewayresponse.header.X-Absent': 'method.request.header.absent',
          },
          responseTemplates: template(
            '{"at":"$context.path","type":"$context.error.responseType","traceId":"$context.xrayTraceId",' +
              '"text":"$context.error.message.","quoted":$context.error.messageString,"who":"$context.authorizer.principalId"}',
          ),
        },
      },
    });

    const answer = await api.handle(requestOf('GET /nothing', { headers: { Origin: ['https://shop.test'] } }));

    expect(answer.status).toBe(404);
    expect(answer.headers).toEqual({
      'content-type': 'application/problem+json',
      'X-Request': '00000000-0000-4000-8000-000000000002',
      'X-Origin': 'https://shop.test',
      'x-amzn-RequestId': '00000000-0000-4000-8000-000000000002',
      'x-amz-apigw-id': expect.any(String),
      'X-Amzn-Trace-Id': expect.any(String),
    });
    expect(JSON.parse(textOf(answer))).toEqual({
      at: '/nothing',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      traceId: String(answer.headers['X-Amzn-Trace-Id']).replace('Root=', ''),
      text: 'Missing Authentication Token.',
      quoted: 'Missing Authentication Token',
      who: '',
    });
  });

  test('answers for each type by itself', async () => {
    const gatewayResponses = {
      MISSING_AUTHENTICATION_TOKEN: { statusCode: 404, responseTemplates: template('missing') },
      DEFAULT_5XX: { responseTemplates: template('failed') },
    };
    const { api } = apiOf(things, { ...failing, gatewayResponses });

    const missing = await api.handle(requestOf('GET /nothing'));
    const failed = await api.handle(requestOf('GET /things'));

    expect([missing.status, textOf(missing)]).toEqual([404, 'missing']);
    expect([failed.status, textOf(failed)]).toEqual([502, 'failed']);
  });

  test.each([
    ['DEFAULT_4XX', undefined, 403],
    ['DEFAULT_4XX', '418', 418],
    ['DEFAULT_5XX', '503', 403],
  ])('of %s with status %s makes an unknown path %i', async (responseType, statusCode, status) => {
    const { api } = apiOf(things, { gatewayResponses: { [responseType]: { statusCode } } });

    const answer = await api.handle(requestOf('GET /nothing'));

    expect(answer.status).toBe(status);
  });

  test('of a type of its own is not touched by the default', async () => {
    const { api } = apiOf(things, {
      gatewayResponses: {
        DEFAULT_4XX: { statusCode: '418', responseTemplates: template('default') },
        MISSING_AUTHENTICATION_TOKEN: {},
      },
    });

    const answer = await api.handle(requestOf('GET /nothing'));

    expect([answer.status, textOf(answer)]).toEqual([403, '{"message":"Missing Authentication Token"}']);
  });

  test('has no trace id when the stage does not trace', async () => {
    const { api } = apiOf(things, {
      stage: { tracingEnabled: false },
      gatewayResponses: { DEFAULT_4XX: { responseTemplates: template('[$context.xrayTraceId]') } },
    });

    const answer = await api.handle(requestOf('GET /nothing'));

    expect(textOf(answer)).toBe('[]');
  });

  const refusals: Array<[object, string]> = [
    [{ responseTemplates: { 'text/plain': 'x' } }, 'a template must be for application/json, got text/plain'],
    [
      { responseParameters: { 'gatewayresponse.header.X': 'plain' } },
      "gatewayresponse.header.<name> to 'static', context.<name> or method.request.header.<name>, got",
    ],
    [{ responseParameters: { 'gatewayresponse.body': "'x'" } }, 'got gatewayresponse.body to'],
  ];

  test.each(refusals)('%j is refused when the API is opened', (definition, message) => {
    expect(() => apiOf(things, { gatewayResponses: { DEFAULT_4XX: definition } })).toThrow(message);
  });

  test('may be defined for a type that is never given out', () => {
    expect(() => apiOf(things, { gatewayResponses: { WAF_FILTERED: { statusCode: 403 } } })).not.toThrow();
  });
});
