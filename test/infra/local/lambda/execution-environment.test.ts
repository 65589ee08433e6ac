import type { Lambda } from '../../../../infra/local/lambda/lambda';
import { manualClock } from '../../../support/manual-clock';
import { aFirstLine, aFunction, aLambda, aLineCount } from './a-function';

describe('a failing function', () => {
  let lambda: Lambda | undefined;
  afterEach(() => lambda?.close());

  async function failureOf(source: string, overrides = {}) {
    lambda = aLambda([aFunction(source, overrides)]);
    const result = await lambda.invoke('f', '{}');
    expect(result.functionError).toBe('Unhandled');
    expect(result.statusCode).toBe(200);
    return { requestId: result.requestId, ...JSON.parse(result.payload) };
  }

  test('answers the name, message and trace of what it threw', async () => {
    const error = await failureOf(`export const handler = async () => {
      throw Object.assign(new Error('no more'), { name: 'SoldOutError' }) }`);

    expect(error).toMatchObject({ errorType: 'SoldOutError', errorMessage: 'no more' });
    expect(error.trace[0]).toBe('SoldOutError: no more');
    expect(error.trace[1]).toContain('index.mjs');
  });

  test('answers for a thrown string too', async () => {
    const error = await failureOf(`export const handler = async () => { throw 'plain' }`);

    expect(error).toMatchObject({ errorType: 'string', errorMessage: 'plain', trace: [] });
  });

  test('is killed at its timeout, and the next call gets a new environment', async () => {
    const clock = manualClock(0);
    const { started, onLog } = aFirstLine();
    const source = `let calls = 0;
      export const handler = async (event) => {
        calls += 1; console.log('started'); if (event.hang) await new Promise((r) => setTimeout(r, 3600000)); return calls }`;
    lambda = aLambda([aFunction(source)], { clock, onLog });
    const hanging = lambda.invoke('f', '{"hang":true}');
    await started;

    await clock.advance(3_000);

    const { functionError, payload, requestId } = await hanging;
    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 3.00 seconds`,
    });
    expect((await lambda.invoke('f', '{}')).payload).toBe('1');
  });

  test('is killed out of an infinite loop, and other functions go on', async () => {
    const clock = manualClock(0);
    const { started, onLog } = aFirstLine();
    lambda = aLambda(
      [
        aFunction('export const handler = async () => { console.log("on"); for (;;); }', { functionName: 'spin' }),
        aFunction('export const handler = async () => "well"', { functionName: 'calm', timeoutSeconds: 900 }),
      ],
      { clock, onLog },
    );
    const spinning = lambda.invoke('spin', '{}');
    await started;
    const calm = await lambda.invoke('calm', '{}');

    await clock.advance(3_000);

    expect(calm.payload).toBe('"well"');
    expect(JSON.parse((await spinning).payload).errorType).toBe('Sandbox.Timedout');
    expect((await lambda.invoke('calm', '{}')).payload).toBe('"well"');
  });

  test.each([
    ['process.exit(3)', 'Runtime exited with error: exit status 3'],
    ['process.exit()', 'Runtime exited without providing a reason'],
  ])('answers Runtime.ExitError for %s', async (statement, reason) => {
    const error = await failureOf(`export const handler = async () => { ${statement} }`);

    expect(error).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${error.requestId} Error: ${reason}`,
    });
  });

  test('answers Runtime.NodeJsExit when its promise can never settle', async () => {
    const error = await failureOf('export const handler = () => new Promise(() => {})');

    expect(error.errorType).toBe('Runtime.NodeJsExit');
  });

  test('answers for an error thrown outside of the handler', async () => {
    const inTimer = `export const handler = () => new Promise(() => { setTimeout(() => { throw new RangeError('late') }) })`;
    const inPromise = `export const handler = () => new Promise(() => {
      void Promise.reject(new Error('lost')); setInterval(() => {}, 1000) })`;

    expect(await failureOf(inTimer)).toMatchObject({ errorType: 'RangeError', errorMessage: 'late' });
    await lambda?.close();
    expect(await failureOf(inPromise)).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: lost',
    });
  });

  test.each([
    ['Runtime.HandlerNotFound', 'export const other = 1', 'index.handler is undefined or not exported'],
    ['TypeError', 'throw new TypeError("bad start"); export const handler = 1', 'bad start'],
    ['Runtime.ExitError', 'process.exit(4); export const handler = 1', 'exit status 4'],
  ])('answers %s when it cannot be loaded', async (errorType, source, message) => {
    const error = await failureOf(source);

    expect(error.errorType).toBe(errorType);
    expect(error.errorMessage).toContain(message);
  });

  test('is loaded again by the next call after loading failed', async () => {
    const source = `import { existsSync, writeFileSync } from 'node:fs';
      const mark = process.env.LAMBDA_TASK_ROOT + '/mark';
      if (!existsSync(mark)) { writeFileSync(mark, 'x'); throw new Error('not yet') }
      export const handler = async () => 'loaded'`;
    lambda = aLambda([aFunction(source)]);

    const first = await lambda.invoke('f', '{}');
    const second = await lambda.invoke('f', '{}');

    expect(first.payload).toMatch(/"errorMessage":"not yet"/);
    expect(second.payload).toBe('"loaded"');
  });

  test('has ten seconds to load', async () => {
    const clock = manualClock(0);
    const { printed, onLog } = aLineCount();
    const platform: string[] = [];
    lambda = aLambda([aFunction('console.log("on"); for (;;); export const handler = 1')], {
      clock,
      onLog: (line) => {
        if (line.source === 'platform') platform.push(line.text);
        onLog(line);
      },
    });
    const loading = lambda.invoke('f', '{}');
    await printed(1);
    await clock.advance(10_000);

    const { payload, requestId } = await loading;

    expect(JSON.parse(payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 10.00 seconds`,
    });
    expect(platform).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      `1970-01-01T00:00:10.000Z ${requestId} Task timed out after 10.00 seconds`,
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: 0.00 ms\tBilled Duration: 10000 ms\tMemory Size: 128 MB\tInit Duration: 10000.00 ms`,
    ]);
  });

  test('answers Function.ResponseSizeTooLarge above 6 MB, and an error for what is not JSON', async () => {
    const large = await failureOf('export const handler = async () => "x".repeat(6291556)');
    await lambda?.close();
    const circular = await failureOf('export const handler = async () => { const a = {}; a.a = a; return a }');

    expect(large.errorType).toBe('Function.ResponseSizeTooLarge');
    expect(circular.errorType).toBe('TypeError');
  });

  test('is killed when its heap outgrows its memory', async () => {
    const source = `export const handler = async () => { const all = []; for (;;) all.push(new Array(1000).fill({})) }`;

    const error = await failureOf(source, { memoryMb: 128, timeoutSeconds: 60 });

    expect(error.errorType).toBe('Runtime.OutOfMemory');
  });

  test('logs the error document of a failed invocation', async () => {
    const texts: string[] = [];
    lambda = aLambda([aFunction('export const handler = async () => { throw new Error("seen") }')], {
      onLog: ({ source, level, text }) => source === 'function' && texts.push(`${level} ${text}`),
    });

    const { payload } = await lambda.invoke('f', '{}');

    expect(texts).toEqual([`ERROR Invoke Error\t${payload}`]);
  });

  test.each([
    ['throws', 'throw new RangeError("seen")', ['ERROR RangeError']],
    ['exits', 'process.exit(1)', ['platform.runtimeDone Runtime.ExitError', 'platform.report Runtime.ExitError']],
    ['answers', 'return "well"', []],
  ])('logs in JSON, from warnings on, why a function %s', async (_, body, expected) => {
    const told: string[] = [];
    const jsonLogLevels = { application: 'WARN', system: 'WARN' } as const;
    lambda = aLambda([aFunction(`export const handler = async () => { ${body} }`, { jsonLogLevels })], {
      onLog: ({ message }) => {
        const { type, record, level, message: error } = JSON.parse(message);
        told.push(`${type ?? level} ${(record ?? error).errorType}`);
      },
    });

    await lambda.invoke('f', '{}');

    expect(told).toEqual(expected);
  });

  const THROWS_AT_LOADING = 'throw new TypeError("bad start"); export const handler = 1';
  test.each([
    ['throws while it loads', 'TypeError', THROWS_AT_LOADING],
    [
      'rejects while it loads',
      'Runtime.UnhandledPromiseRejection',
      'Promise.reject(new Error("x")); await new Promise((r) => setTimeout(r, 2000))',
    ],
    ['exits while it loads', 'Runtime.ExitError', 'process.exit(4); export const handler = 1'],
    ['exits', 'Runtime.ExitError', 'export const handler = async (e) => { if (e.bad) process.exit(1); return "well" }'],
    [
      'never answers',
      'Runtime.NodeJsExit',
      'export const handler = (e) => e.bad ? new Promise(() => {}) : Promise.resolve("well")',
    ],
    [
      'leaks memory',
      'Runtime.OutOfMemory',
      'export const handler = async (e) => { const all = []; while (e.bad) all.push(new Array(1000).fill({})); return "well" }',
    ],
    [
      'returns 7 MB',
      'Function.ResponseSizeTooLarge',
      'export const handler = async (e) => e.bad ? "x".repeat(7e6) : "well"',
    ],
    ['throws a number', 'number', 'export const handler = async (e) => { if (e.bad) throw 7; return "well" }'],
    [
      'loses a rejection',
      'Runtime.UnhandledPromiseRejection',
      'export const handler = async (e) => { if (e.bad) { void Promise.reject(1); await new Promise((r) => setTimeout(r, 2000)) } return "well" }',
    ],
  ])('that %s answers %s and harms neither its next call nor another function', async (_, errorType, source) => {
    const calm = aFunction('export const handler = async () => "calm"', { functionName: 'calm' });
    lambda = aLambda([aFunction(source, { timeoutSeconds: 60 }), calm]);

    const [failed, other] = await Promise.all([lambda.invoke('f', '{"bad":true}'), lambda.invoke('calm', '{}')]);
    const next = await lambda.invoke('f', '{}');

    expect(failed.functionError).toBe('Unhandled');
    expect(JSON.parse(failed.payload).errorType).toBe(errorType);
    expect(other.payload).toBe('"calm"');
    const isBroken = source === THROWS_AT_LOADING || /^(Promise|process)/.test(source);
    expect(next.payload).toMatch(isBroken ? errorType : '"well"');
    expect((await lambda.invoke('calm', '{}')).payload).toBe('"calm"');
  });
});
