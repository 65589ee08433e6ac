import { type LogFields, log } from '../../../lib/observability/log';

/** The lines that were written, parsed. */
function capture(level: 'info' | 'warn' | 'error') {
  const lines: string[] = [];
  jest.spyOn(console, level).mockImplementation((...texts: unknown[]) => void lines.push(texts.join(' ')));
  return lines;
}

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
});

describe('a log line', () => {
  it('is one line of JSON at its level, with the function that wrote it', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'holdfast-test-orders-get-order';
    const lines = capture('info');

    log('info', 'step done', { sagaId: 'ord_1', step: 'Pay', attempt: 2 });

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      message: 'step done',
      function: 'holdfast-test-orders-get-order',
      sagaId: 'ord_1',
      step: 'Pay',
      attempt: 2,
    });
  });

  it('needs no fields', () => {
    const lines = capture('warn');

    log('warn', 'slow');

    expect(lines).toEqual(['{"level":"warn","message":"slow"}']);
  });

  it('tells the name, message, stack and causes of an error', () => {
    const lines = capture('error');
    const cause = new RangeError('too far');
    const error = new Error('failed', { cause: new Error('because', { cause }) });

    log('error', 'request failed', { error });

    expect(JSON.parse(lines[0] ?? '').error).toEqual({
      name: 'Error',
      message: 'failed',
      stack: error.stack,
      cause: expect.objectContaining({
        message: 'because',
        cause: { name: 'RangeError', message: 'too far', stack: cause.stack },
      }),
    });
  });

  it('writes of an error nothing else that it carries', () => {
    const lines = capture('error');

    log('error', 'request failed', { error: Object.assign(new Error('failed'), { body: 'tok_secret' }) });

    expect(lines[0]).not.toContain('tok_secret');
  });

  it('writes what was thrown and is no error as text', () => {
    const lines = capture('error');

    log('error', 'request failed', { error: 'boom' });

    expect(JSON.parse(lines[0] ?? '').error).toBe('boom');
  });

  it('has no field for a body, a token, an address or a person', () => {
    type Forbidden = Extract<keyof LogFields, 'body' | 'token' | 'address' | 'name' | 'email' | 'authorization'>;
    const none: Forbidden[] = [];
    const lines = capture('info');

    // @ts-expect-error a token cannot be logged
    log('info', 'x', { token: undefined });

    expect([none, lines]).toEqual([[], ['{"level":"info","message":"x"}']]);
  });
});
