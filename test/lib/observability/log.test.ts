import { NotFoundError, ServiceUnavailableError } from '../../../lib/errors/request-errors';
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
  delete process.env.AWS_LAMBDA_LOG_FORMAT;
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

  it('goes past the console in the JSON format of Lambda, with the time that its level needs to count', () => {
    process.env.AWS_LAMBDA_LOG_FORMAT = 'JSON';
    const printed = [capture('info'), capture('warn'), capture('error')];
    const written: unknown[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(chunk) > 0);
    jest.useFakeTimers({ now: Date.parse('2031-05-06T12:00:00.000Z') });

    for (const level of ['info', 'warn', 'error'] as const) log(level, 'on');

    jest.useRealTimers();
    const line = (level: string) => `{"timestamp":"2031-05-06T12:00:00.000Z","level":"${level}","message":"on"}\n`;
    expect(written).toEqual([line('info'), line('warn'), line('error')]);
    expect(printed).toEqual([[], [], []]);
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

  it('leaves the stack of a refusal out, but not that of an outage', () => {
    const lines = capture('warn');

    log('warn', 'step failed', { error: new NotFoundError('order', 'ord_1') });
    log('warn', 'step failed', { error: new ServiceUnavailableError('orders') });

    expect(lines.map((line) => Object.keys(JSON.parse(line).error))).toEqual([
      ['name', 'message'],
      ['name', 'message', 'stack'],
    ]);
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
