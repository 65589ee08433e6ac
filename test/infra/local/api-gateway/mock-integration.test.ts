import { apiOf, bodyOf, operation, requestOf, textOf } from './support';

const headers = {
  'method.response.header.Access-Control-Allow-Origin': "'*'",
  'method.response.header.Access-Control-Allow-Headers': "'Content-Type,Authorization'",
  'method.response.header.Access-Control-Allow-Methods': "'OPTIONS,GET'",
};
const expectedHeaders = {
  'Content-Type': 'application/json',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Content-Type,Authorization',
  'Access-Control-Allow-Methods': 'OPTIONS,GET',
};

function mock(integration: object): ReturnType<typeof bodyOf> {
  return bodyOf({
    '/users': { options: { 'x-amazon-apigateway-integration': { type: 'mock', ...integration } }, get: operation() },
  });
}

describe('a mock integration', () => {
  // Sources: "Enable CORS on a resource using the API Gateway import API", and what the CDK synthesizes.
  test.each<[string, object, number, string]>([
    [
      'of the developer guide',
      {
        requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
        responses: {
          default: {
            statusCode: '200',
            responseParameters: headers,
            responseTemplates: { 'application/json': '{}\n' },
          },
        },
      },
      200,
      '{}\n',
    ],
    [
      'of the CDK',
      {
        requestTemplates: { 'application/json': '{ statusCode: 200 }' },
        passthroughBehavior: 'when_no_match',
        responses: { default: { statusCode: '204', responseParameters: headers } },
      },
      204,
      '',
    ],
  ])('%s answers a preflight request without any function', async (_, integration, status, text) => {
    const { api, invocations } = apiOf(mock(integration));

    const answers = [await api.handle(requestOf('OPTIONS /users')), await api.handle(requestOf('OPTIONS /users'))];

    for (const answer of answers) {
      expect([answer.status, textOf(answer)]).toEqual([status, text]);
      expect(answer.headers).toMatchObject(expectedHeaders);
    }
    expect(answers[0]?.headers['x-amzn-RequestId']).not.toBe(answers[1]?.headers['x-amzn-RequestId']);
    expect(invocations).toEqual([]);
  });

  const requestTemplates = { 'application/json': '{"statusCode": 200}' };

  test.each<[string, object, string]>([
    [
      'responses that the template chooses from',
      { requestTemplates, responses: { default: { statusCode: 200 }, '2\\d\\d': { statusCode: 202 } } },
      'mock integration: responses: 2\\d\\d is not supported',
    ],
    [
      'a header that depends on the request',
      {
        requestTemplates,
        responses: { default: { statusCode: 200, responseParameters: { 'method.response.header.X': 'context.x' } } },
      },
      "sets method.response.header.<name> to 'static', got method.response.header.X: context.x",
    ],
    [
      'a body that depends on the request',
      {
        requestTemplates,
        responses: { default: { statusCode: 200, responseTemplates: { 'application/json': '$x' } } },
      },
      'the template of a mock response must be plain text, got $x',
    ],
    ['another member', { requestTemplates, cacheNamespace: 'x' }, 'mock integration: cacheNamespace is not'],
    [
      'another member of a response',
      { requestTemplates, responses: { default: { contentHandling: 'x' } } },
      'mock response: contentHandling is not supported',
    ],
  ])('with %s is refused when the API is opened', (_, integration, message) => {
    expect(() => apiOf(mock(integration))).toThrow(message);
  });
});

describe('an answer of the gateway itself', () => {
  test('has the CORS headers that its gateway response sets', async () => {
    const { api } = apiOf(
      mock({
        requestTemplates: { 'application/json': '{statusCode:200}' },
        responses: { default: { statusCode: 200 } },
      }),
      {
        gatewayResponses: {
          DEFAULT_4XX: { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } },
        },
      },
    );

    const answer = await api.handle(requestOf('GET /nothing'));

    expect(answer.headers).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
  });
});
