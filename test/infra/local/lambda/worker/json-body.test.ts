import { toJsonBody } from '../../../../../infra/local/lambda/worker/json-body';

class OddError extends Error {
  readonly code = 'ODD';
}

describe('the body of a line in JSON', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  it.each([
    ['text as it is, so that JSON in it is escaped', ['{"a":1}'], { message: '{"a":1}' }],
    ['an object as an object', [{ a: [1, null] }], { message: { a: [1, null] } }],
    ['several arguments as one text', ['%s is', 'x', { n: 1 }], { message: 'x is { n: 1 }' }],
    ['what JSON cannot say as text', [circular], { message: '<ref *1> { self: [Circular *1] }' }],
    ['nothing as nothing', [], {}],
  ])('has %s', (_, args, body) => {
    expect(JSON.parse(toJsonBody(args))).toEqual(body);
  });

  it('has an error with its type, message, stack and members, wherever it is', () => {
    const error = new OddError('so odd');
    const told = { errorType: 'OddError', errorMessage: 'so odd', stackTrace: error.stack?.split('\n'), code: 'ODD' };

    expect(JSON.parse(toJsonBody([error]))).toEqual({ message: told });
    expect(JSON.parse(toJsonBody([{ error }]))).toEqual({ message: { error: told } });
  });

  it('has the first error of several arguments beside their text', () => {
    const error = new OddError('so odd');

    expect(JSON.parse(toJsonBody(['failed:', error, new Error('second')]))).toEqual({
      message: expect.stringMatching(/^failed: (Odd)?Error: so odd/),
      errorType: 'OddError',
      errorMessage: 'so odd',
      stackTrace: error.stack?.split('\n'),
    });
  });
});
