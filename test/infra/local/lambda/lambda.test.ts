import { systemClock } from '../../../../infra/local/clock';
import { accessKeyIdOf } from '../../../../infra/local/lambda/function-definition';
import { type Lambda, type LogLine, openLambda } from '../../../../infra/local/lambda/lambda';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { aFirstLine, aFunction, aLambda, aLineCount } from './a-function';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');

describe('the Lambda room', () => {
  let lambda: Lambda | undefined;
  afterEach(() => lambda?.close());

  test('answers with what the handler returned', async () => {
    lambda = aLambda([aFunction('export const handler = async (event) => ({ doubled: event.n * 2 })')]);

    const result = await lambda.invoke('f', '{"n":21}');

    expect(result).toEqual({
      statusCode: 200,
      payload: '{"doubled":42}',
      executedVersion: '$LATEST',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test.each([
    ['f'],
    ['arn:aws:lambda:eu-central-1:123456789012:function:f'],
    ['arn:aws:lambda:eu-central-1:123456789012:function:f:$LATEST'],
    ['123456789012:function:f'],
    ['f:$LATEST'],
  ])('knows a function as %s', async (name) => {
    lambda = aLambda([aFunction('export const handler = async () => "here"')]);

    const { payload } = await lambda.invoke(name, '');

    expect(payload).toBe('"here"');
  });

  test('answers null for a handler that returns nothing, and passes {} for an empty payload', async () => {
    lambda = aLambda([
      aFunction('export const handler = async () => undefined', { functionName: 'silent' }),
      aFunction('export const handler = async (event) => event', { functionName: 'echo' }),
    ]);

    expect((await lambda.invoke('silent', '{}')).payload).toBe('null');
    expect((await lambda.invoke('echo', '')).payload).toBe('{}');
  });

  test('runs CommonJS code too', async () => {
    const code = 'const table = { handler: async () => typeof require }; module.exports = table;';
    lambda = aLambda([
      aFunction(code, { functionName: 'js' }, 'index.js'),
      aFunction(code, { functionName: 'cjs' }, 'index.cjs'),
    ]);

    expect((await lambda.invoke('js', '{}')).payload).toBe('"function"');
    expect((await lambda.invoke('cjs', '{}')).payload).toBe('"function"');
  });

  test('gives the handler the documented context', async () => {
    const clock = manualClock(NOON);
    const source = `export const handler = async (event, context) => ({
      ...context, remainingMs: context.getRemainingTimeInMillis() })`;
    lambda = aLambda([aFunction(source, { timeoutSeconds: 7, memoryMb: 256 })], { clock });

    const { payload, requestId } = await lambda.invoke('f', '{}');

    const { remainingMs, ...context } = JSON.parse(payload);
    expect(context).toEqual({
      functionName: 'f',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/f',
      logStreamName: expect.stringMatching(/^2031\/05\/06\/\[\$LATEST\][0-9a-f]{32}$/),
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
      awsRequestId: requestId,
    });
    expect(remainingMs).toBeGreaterThan(6_000);
    expect(remainingMs).toBeLessThanOrEqual(7_001);
  });

  test('gives a function the environment of Lambda and of its template, and nothing of this process', async () => {
    process.env.SECRET_OF_THE_PARENT = 'do not leak';
    lambda = aLambda([aFunction('export const handler = async () => process.env', { environment: { TABLE: 't' } })]);

    const { payload } = await lambda.invoke('f', '{}');

    delete process.env.SECRET_OF_THE_PARENT;
    const { LAMBDA_TASK_ROOT, AWS_LAMBDA_LOG_STREAM_NAME, ...variables } = JSON.parse(payload);
    expect(LAMBDA_TASK_ROOT).toContain('lambda-room-');
    expect(AWS_LAMBDA_LOG_STREAM_NAME).toContain('[$LATEST]');
    expect(variables).toEqual({
      TABLE: 't',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: 'Text',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: 'eu-central-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: accessKeyIdOf('f'),
      AWS_SECRET_ACCESS_KEY: 'local-secret',
      AWS_SESSION_TOKEN: expect.stringMatching(/^local-session-[0-9a-f-]{36}$/),
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
      TZ: ':UTC',
    });
  });

  test('tells functions apart by their access key ids', () => {
    lambda = aLambda([aFunction('', { functionName: 'one' }), aFunction('', { functionName: 'two' })]);

    const one = accessKeyIdOf('one');
    const two = accessKeyIdOf('two');

    expect(one).not.toBe(two);
    expect(lambda.functionNameOf(one)).toBe('one');
    expect(lambda.functionNameOf(two)).toBe('two');
    expect(lambda.functionNameOf('ASIAUNKNOWN')).toBeUndefined();
  });

  test('refuses a function without code, without handler file or with a name taken', () => {
    const room = aLambda([aFunction('')]);
    lambda = room;

    expect(() => room.createFunction(aFunction('', { functionName: 'g', handler: 'main.handler' }))).toThrow(
      /^function g: handler main\.handler has no file; looked for main\.js, main\.mjs, main\.cjs in \S+$/,
    );
    expect(() => room.createFunction(aFunction('', { functionName: 'g', runtime: 'python3.13' }))).toThrow(
      'function g: runtime must be one of nodejs*, got python3.13',
    );
    expect(() => room.createFunction(aFunction(''))).toThrow('function f exists already');
  });

  test('refuses unknown functions, versions, bad JSON and payloads above 6 MB', async () => {
    lambda = aLambda([aFunction('export const handler = async () => 1')]);

    await expect(lambda.invoke('g', '{}')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: 'Function not found: arn:aws:lambda:eu-central-1:123456789012:function:g',
    });
    await expect(lambda.invoke('f:7', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(lambda.invoke('f', '{')).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
      status: 400,
    });
    await expect(lambda.invoke('f', JSON.stringify('x'.repeat(6_291_455)))).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
      status: 413,
    });
  });

  test('moves the Date of functions with the clock', async () => {
    const clock = manualClock(NOON);
    const source = `export const handler = async () =>
      [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date, typeof Date()]`;
    lambda = aLambda([aFunction(source)], { clock, limits: { idleEvictionMs: 1e9 } });

    const before = JSON.parse((await lambda.invoke('f', '{}')).payload);
    await clock.advance(86_400_000);
    const after = JSON.parse((await lambda.invoke('f', '{}')).payload);

    expect(before[0] - NOON).toBeGreaterThanOrEqual(0);
    expect(before[0] - NOON).toBeLessThan(10_000);
    expect(after[0] - NOON - 86_400_000).toBeGreaterThanOrEqual(-1);
    expect(after[0] - NOON - 86_400_000).toBeLessThan(10_000);
    expect(after[1] - after[0]).toBeLessThan(1_000);
    expect(after.slice(2)).toEqual([5, true, 'string']);
  });

  test('captures what a function prints, with its request id', async () => {
    const lines: LogLine[] = [];
    const source = `console.log('loading');
      export const handler = async () => {
        console.log('hello %s', 'world', { n: 1 }); console.warn('careful'); process.stdout.write('{"raw":true}\\n');
      }`;
    lambda = aLambda([aFunction(source)], { onLog: (line) => lines.push(line), clock: manualClock(NOON) });

    const { requestId } = await lambda.invoke('f', '{}');

    const common = {
      functionName: 'f',
      logGroupName: '/aws/lambda/f',
      logStreamName: expect.stringMatching(/^2031\/05\/06\/\[\$LATEST\][0-9a-f]{32}$/),
      writtenAt: NOON,
    };
    const printed = (level: string, text: string, id: string | undefined = requestId) => ({
      ...common,
      source: 'function',
      requestId: id,
      level,
      text,
      message: `2031-05-06T12:00:00.000Z\t${id}\t${level}\t${text}`,
    });
    const plain = (source: string, text: string) => {
      const message = expect.stringMatching(new RegExp(`^${text.replace(/[${}[\]]/g, '\\$&')}$`));
      return { ...common, source, requestId, level: undefined, text: message, message };
    };
    expect(lines).toEqual([
      { ...printed('INFO', 'loading'), requestId: undefined, message: expect.stringContaining('\tundefined\tINFO\t') },
      plain('platform', `START RequestId: ${requestId} Version: $LATEST`),
      printed('INFO', 'hello world { n: 1 }'),
      printed('WARN', 'careful'),
      plain('function', '{"raw":true}'),
      plain('platform', `END RequestId: ${requestId}`),
      plain(
        'platform',
        `REPORT RequestId: ${requestId}\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t` +
          'Init Duration: 0.00 ms',
      ),
    ]);
  });

  test('writes a log in JSON as the runtime of Lambda does', async () => {
    const lines: LogLine[] = [];
    const source = `console.log('loading');
      export const handler = async () => {
        console.info('hello %s', 'world'); console.warn({ n: 1 }); console.debug('left out');
        process.stdout.write(process.env.AWS_LAMBDA_LOG_FORMAT + process.env.AWS_LAMBDA_LOG_LEVEL + '\\n');
        process.stdout.write('{"raw":true}\\n');
      }`;
    const jsonLogLevels = { application: 'INFO', system: 'WARN' } as const;
    lambda = aLambda([aFunction(source, { jsonLogLevels })], {
      onLog: (line) => lines.push(line),
      clock: manualClock(NOON),
    });

    const { requestId } = await lambda.invoke('f', '{}');

    const head = `{"timestamp":"2031-05-06T12:00:00.000Z","level"`;
    expect(lines.map(({ message }) => message)).toEqual([
      `${head}:"INFO","message":"loading"}`,
      `${head}:"INFO","requestId":"${requestId}","message":"hello world"}`,
      `${head}:"WARN","requestId":"${requestId}","message":{"n":1}}`,
      'JSONINFO',
      '{"raw":true}',
    ]);
    expect(lines.map(({ text }) => text).slice(0, 3)).toEqual(['loading', 'hello world', '{ n: 1 }']);
  });

  test('tells what an invocation is billed for: loading and running, by begun milliseconds', async () => {
    const clock = manualClock(NOON);
    const billed: unknown[] = [];
    const { printed, onLog } = aLineCount();
    const source = `console.log('on'); const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      export const handler = async ({ waits }) => { console.log('on'); while (waits) await wait(5); }`;
    const options = { clock, onLog, onBilled: (time: unknown) => billed.push(time) };
    lambda = aLambda([aFunction(source, { timeoutSeconds: 2, memoryMb: 256 })], options);

    await lambda.invoke('f', '{}');
    const runs = lambda.invoke('f', '{"waits":true}');
    await printed(3);
    await clock.advance(2_000);
    await runs;

    const use = { functionName: 'f', memoryMb: 256 };
    expect(billed).toEqual([
      { ...use, billedMs: 1 },
      { ...use, billedMs: 2_000 },
    ]);
  });

  test('rejects what runs when it is closed', async () => {
    const { started, onLog } = aFirstLine();
    const room = aLambda([aFunction('export const handler = async () => { console.log("started"); for (;;); }')], {
      onLog,
    });
    const running = room.invoke('f', '{}');
    const rejection = expect(running).rejects.toMatchObject({ code: 'ServiceException' });
    await started;

    await room.close();

    await rejection;
    await expect(room.invoke('f', '{}')).rejects.toMatchObject({ code: 'ServiceException' });
  });

  test('opens and closes without any function', async () => {
    const place = { region: 'eu-central-1', accountId: '123456789012', awsEndpoint: 'http://127.0.0.1:4566' };

    const parts = { clock: systemClock, store: memoryStore(), deliver: async () => {} };

    await expect(openLambda({ ...parts, ...place }).close()).resolves.toBeUndefined();
  });
});
