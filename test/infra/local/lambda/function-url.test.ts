import type { Lambda, UrlRequest } from '../../../../infra/local/lambda/lambda';
import { manualClock } from '../../../support/manual-clock';
import { aFunction, aLambda } from './a-function';

const ECHO = 'export const handler = async (event) => event';

function aRequest(overrides: Partial<UrlRequest> = {}): UrlRequest {
  return {
    method: 'GET',
    rawPath: '/',
    rawQueryString: '',
    headers: { host: 'f.lambda-url.localhost' },
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    ...overrides,
  };
}

describe('a function URL', () => {
  let lambda: Lambda | undefined;
  afterEach(() => lambda?.close());

  async function eventOf(request: UrlRequest) {
    lambda = aLambda([aFunction(ECHO)], { clock: manualClock(Date.parse('2020-03-12T19:03:58.390Z')) });
    const { status, body } = await lambda.invokeUrl('f', request);
    expect(status).toBe(200);
    return JSON.parse(body.toString());
  }

  test('gives the function a request in payload format 2.0', async () => {
    const event = await eventOf(
      aRequest({
        method: 'POST',
        rawPath: '/a%20b/c',
        rawQueryString: 'x=1&x=2&y=%C3%A9',
        headers: {
          Host: 'f.lambda-url.localhost',
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'test',
          cookie: 'a=1; b=2',
        },
        body: Buffer.from('{"é":1}'),
      }),
    );

    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b/c',
      rawQueryString: 'x=1&x=2&y=%C3%A9',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: 'f.lambda-url.localhost',
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'test',
      },
      queryStringParameters: { x: '1,2', y: 'é' },
      requestContext: {
        accountId: 'anonymous',
        apiId: 'local',
        domainName: 'f.lambda-url.localhost',
        domainPrefix: 'f',
        http: { method: 'POST', path: '/a%20b/c', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.any(String),
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1584039838390,
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  test('gives the function a binary body in base64', async () => {
    const bytes = Buffer.from([0, 255, 128, 7]);

    const event = await eventOf(aRequest({ headers: { 'content-type': 'application/octet-stream' }, body: bytes }));

    expect(event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
  });

  test('gives the function no body when there is none', async () => {
    const event = await eventOf(aRequest());

    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event.isBase64Encoded).toBe(false);
  });

  test('answers what the function describes, binary bodies included', async () => {
    const source = `export const handler = async () => ({ statusCode: 201, isBase64Encoded: true,
      headers: { 'Content-Type': 'image/png', 'X-Count': 3 }, body: Buffer.from([1, 255]).toString('base64') })`;
    lambda = aLambda([aFunction(source)]);

    const response = await lambda.invokeUrl('f', aRequest());

    expect(response).toEqual({
      status: 201,
      headers: { 'content-type': 'image/png', 'x-count': '3' },
      body: Buffer.from([1, 255]),
    });
  });

  test.each([
    ['throws', 'export const handler = async () => { throw new Error("private") }'],
    ['answers an impossible status', 'export const handler = async () => ({ statusCode: 42 })'],
    ['answers a body that is no string', 'export const handler = async () => ({ statusCode: 200, body: {} })'],
    ['sets cookies', 'export const handler = async () => ({ statusCode: 200, cookies: ["a=1"] })'],
  ])('answers 502 without details when the function %s', async (_case, source) => {
    lambda = aLambda([aFunction(source)]);

    const response = await lambda.invokeUrl('f', aRequest());

    expect(response.status).toBe(502);
    expect(response.body.toString()).toBe('{"message":"Internal Server Error"}');
  });
});
