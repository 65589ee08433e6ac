import { apiOf, bodyOf, operation, uriOf } from './support';

const checked = { 'x-amazon-apigateway-request-validator': 'checked' };

const refusals: Array<[string, object, object, string]> = [
  ['Swagger 2.0', { get: operation() }, { openapi: '2.0' }, 'REST API body: openapi must be 3.0.x, got 2.0'],
  ['a method without integration', { get: {} }, {}, 'GET /things: integration type must be aws_proxy or mock, got'],
  [
    'an HTTP integration',
    { get: operation({}, { type: 'http_proxy' }) },
    {},
    'GET /things: integration type must be aws_proxy or mock, got http_proxy',
  ],
  [
    'an integration by GET',
    { get: operation({}, { httpMethod: 'GET' }) },
    {},
    'GET /things: a Lambda function is invoked by httpMethod POST, got GET',
  ],
  [
    'an integration that is no function',
    { get: operation({}, { uri: 'arn:aws:apigateway:eu-west-1:sqs:path/1/queue' }) },
    {},
    'GET /things: the URI must be arn:aws:apigateway:',
  ],
  [
    'an integration by role',
    { get: operation({}, { credentials: 'arn:aws:iam::1:role/r' }) },
    {},
    'GET /things: integration: credentials is not supported',
  ],
  [
    'an integration that may take longer than 29 s',
    { get: operation({}, { timeoutInMillis: 30_000 }) },
    {},
    'GET /things: timeoutInMillis must be from 50 to 29000, got 30000',
  ],
  [
    'an integration that may take less than 50 ms',
    { get: operation({}, { timeoutInMillis: 49 }) },
    {},
    'GET /things: timeoutInMillis must be from 50 to 29000, got 49',
  ],
  [
    'a method for any verb',
    { 'x-amazon-apigateway-any-method': operation() },
    {},
    '/things: x-amazon-apigateway-any-method',
  ],
  [
    'binary media types',
    { get: operation() },
    { 'x-amazon-apigateway-binary-media-types': ['*/*'] },
    'REST API body: x-amazon-apigateway-binary-media-types is not supported',
  ],
  [
    'a validator of bodies',
    { get: operation({ 'x-amazon-apigateway-request-validator': 'all' }) },
    {
      'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
    },
    'GET /things: validateRequestBody is not supported, and request validator all asks for it',
  ],
  [
    'a validator that is not there',
    { get: operation({ 'x-amazon-apigateway-request-validator': 'all' }) },
    {},
    'GET /things: there is no request validator all',
  ],
  [
    'a required cookie',
    { get: operation({ ...checked, parameters: [{ in: 'cookie', name: 'session', required: true }] }) },
    { 'x-amazon-apigateway-request-validators': { checked: { validateRequestParameters: true } } },
    'GET /things: a required parameter needs a name and in path, query or header',
  ],
  [
    'a security scheme that is not there',
    { get: operation({ security: [{ guard: [] }] }) },
    {},
    'GET /things: there is no security scheme guard',
  ],
  [
    'a choice of security schemes',
    { get: operation({ security: [{ a: [] }, { b: [] }] }) },
    {},
    'GET /things: one security scheme at most is supported, got a, b',
  ],
  [
    'a security scheme without authorizer',
    { get: operation() },
    { components: { securitySchemes: { key: { type: 'apiKey', name: 'X-Other', in: 'header' } } } },
    'security scheme key: only schemes with x-amazon-apigateway-authorizer are supported',
  ],
];

describe('an OpenAPI body', () => {
  test.each(refusals)('with %s is refused when the API is opened', (_, item, more, message) => {
    expect(() => apiOf(bodyOf({ '/things': item }, more))).toThrow(message);
  });

  test.each([
    ['things', 'a path must be made of /literal and /{parameter}, got things'],
    ['/things//parts', 'a path must be made of /literal and /{parameter}, got /things//parts'],
    ['/things/{proxy+}', 'a path must be made of /literal and /{parameter}, got /things/{proxy+}'],
    ['/things/no-{id}', 'a path must be made of /literal and /{parameter}, got /things/no-{id}'],
    ['/{other}/parts', '{other} competes with {kind} for a segment'],
  ])('with the path %s is refused when the API is opened', (path, message) => {
    expect(() => apiOf(bodyOf({ '/{kind}': { get: operation() }, [path]: { get: operation() } }))).toThrow(message);
  });

  test('may name a version of a function', () => {
    const uri = uriOf('arn:aws:lambda:eu-west-1:111122223333:function:answer:$LATEST');

    expect(() => apiOf(bodyOf({ '/things': { get: operation({}, { uri }) } }))).not.toThrow();
  });
});
