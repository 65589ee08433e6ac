import { parseProxyAnswer } from '../../../../infra/local/api-gateway/proxy-answer';

describe('the result of a proxy integration', () => {
  test.each<[string, object, object]>([
    ['without members', {}, { status: 200, headers: { 'Content-Type': 'application/json' } }],
    ['with a numeric string as status', { statusCode: '201' }, { status: 201 }],
    ['with a null body', { statusCode: 204, body: null }, { status: 204, body: Buffer.alloc(0) }],
    [
      'with its own content type',
      { headers: { 'content-type': 'text/plain' } },
      { headers: { 'content-type': 'text/plain' } },
    ],
    [
      'with a number and a boolean',
      { headers: { a: 5, b: true } },
      { headers: { 'Content-Type': expect.anything(), a: '5', b: 'true' } },
    ],
    [
      'with one header in both maps',
      { headers: { 'SET-COOKIE': 'c', x: '1' }, multiValueHeaders: { 'set-cookie': ['a', 'b'], X: ['1'] } },
      { headers: { 'Content-Type': 'application/json', 'set-cookie': ['a', 'b', 'c'], X: '1' } },
    ],
    [
      'with headers that the gateway keeps to itself',
      { headers: { 'WWW-Authenticate': 'Bearer', 'content-length': '7', 'content-type': 'a/b' } },
      {
        headers: {
          'x-amzn-Remapped-WWW-Authenticate': 'Bearer',
          'x-amzn-Remapped-content-length': '7',
          'content-type': 'a/b',
        },
      },
    ],
    ['with base64 text, which stays as it is', { body: 'aGk=', isBase64Encoded: true }, { body: Buffer.from('aGk=') }],
  ])('%s is understood', (_, result, answer) => {
    expect(parseProxyAnswer(JSON.stringify(result))).toMatchObject(answer);
  });

  test.each<[unknown, string]>([
    [null, 'the result must be an object, got null'],
    [[1], 'the result must be an object, got [1]'],
    [{ message: 'hi' }, 'message is not a member of a proxy result'],
    [{ cookies: [] }, 'cookies is not a member of a proxy result'],
    [{ statusCode: 'ok' }, 'statusCode must be 100 to 599, got ok'],
    [{ statusCode: 99 }, 'statusCode must be 100 to 599, got 99'],
    [{ body: { a: 1 } }, 'body must be a string, got {"a":1}'],
    [{ headers: ['a'] }, 'headers must be an object, got ["a"]'],
    [{ headers: { a: ['b'] } }, 'header a must be a string, number or boolean, got ["b"]'],
    [{ headers: { 'a b': '1' } }, 'Header name must be a valid HTTP token ["a b"]'],
    [{ headers: { a: 'b\r\nc: d' } }, 'Invalid character in header content ["a"]'],
    [{ multiValueHeaders: { a: 'b' } }, 'multiValueHeaders.a must be a list, got b'],
    [{ isBase64Encoded: 'false' }, 'isBase64Encoded must be a boolean, got false'],
  ])('%j is malformed', (result, malformed) => {
    expect(() => parseProxyAnswer(JSON.stringify(result))).toThrow(malformed);
  });

  test('that is not JSON is malformed', () => {
    expect(() => parseProxyAnswer('')).toThrow(SyntaxError);
  });
});
