import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../../../../infra/local/aws-error';
import { systemClock } from '../../../../infra/local/clock';
import type { Delivery } from '../../../../infra/local/delivery';
import type { Intercept, Lambda } from '../../../../infra/local/lambda/lambda';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { PARENT, ROOT, recordSpans, TRACE_HEADER, TRACE_ID } from '../recorded-spans';
import { aFunction, aLambda } from './a-function';
import { aGate } from './a-gate';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
const WAITS = 'export const handler = async (event) => { if (event.gate) await fetch(event.gate); return "well" }';
const DESCRIBES = `let calls = 0;
  export const handler = async (event, context) => ({
    calls: calls += 1, arn: context.invokedFunctionArn, version: context.functionVersion,
    variable: process.env.AWS_LAMBDA_FUNCTION_VERSION, stream: context.logStreamName, trace: process.env._X_AMZN_TRACE_ID })`;

let lambda: Lambda | undefined;
afterEach(() => lambda?.close());

describe('a version or an alias', () => {
  test.each([
    ['f', '$LATEST', ARN],
    ['f:$LATEST', '$LATEST', `${ARN}:$LATEST`],
    ['f:1', '1', `${ARN}:1`],
    ['f:live', '1', `${ARN}:live`],
    [`${ARN}:live`, '1', `${ARN}:live`],
    ['f:head', '$LATEST', `${ARN}:head`],
  ])('is invoked as %s', async (name, version, arn) => {
    const room = aLambda([aFunction(DESCRIBES)]);
    lambda = room;
    room.publishVersion('f');
    room.createAlias(ARN, { name: 'live', functionVersion: '1' });
    room.createAlias('f', { name: 'head', functionVersion: '$LATEST' });

    const { payload, executedVersion } = await room.invoke(name, '{}');

    expect(executedVersion).toBe(version);
    expect(JSON.parse(payload)).toMatchObject({ calls: 1, arn, version, variable: version });
    expect(JSON.parse(payload).stream).toContain(`[${version}]`);
  });

  test('has environments of its own', async () => {
    const room = aLambda([aFunction(DESCRIBES)]);
    lambda = room;
    room.publishVersion('f');

    const answers = [];
    for (const name of ['f', 'f:1', 'f:1']) answers.push(JSON.parse((await room.invoke(name, '{}')).payload).calls);

    expect(answers).toEqual([1, 1, 2]);
  });

  test('does not exist before it is made', async () => {
    const room = aLambda([aFunction(DESCRIBES)]);
    lambda = room;
    const isMissing = { code: 'ResourceNotFoundException', status: 404 };

    await expect(room.invoke('f:1', '{}')).rejects.toMatchObject({
      ...isMissing,
      message: `Function not found: ${ARN}:1`,
    });
    await expect(room.invokeAsync('f:live', '{}')).rejects.toMatchObject(isMissing);
    expect(() => room.createAlias('f', { name: 'live', functionVersion: '1' })).toThrow(`Function not found: ${ARN}:1`);
    room.publishVersion('f');
    expect(() => room.createAlias('f', { name: 'live', functionVersion: '2' })).toThrow(`Function not found: ${ARN}:2`);
  });
});

describe('an invocation', () => {
  test('belongs to the log group of its template', async () => {
    lambda = aLambda([aFunction(DESCRIBES, { logGroupName: '/shop/all' })]);

    const { payload } = await lambda.invoke('f', '{}');

    expect(JSON.parse(payload).stream).toMatch(/^\d{4}\/\d\d\/\d\d\/f\[\$LATEST\][0-9a-f]{32}$/);
  });

  test('is a segment of the trace of its caller, and the cause of what the function does', async () => {
    const { spans, beginSpan } = recordSpans(systemClock);
    lambda = aLambda([aFunction(DESCRIBES)], { beginSpan });

    const { payload } = await lambda.invoke('f', '{}', { traceHeader: TRACE_HEADER, links: [TRACE_HEADER] });

    const links = [{ traceId: TRACE_ID, spanId: PARENT }];
    const own = { name: 'f', service: 'lambda', kind: 'server', status: 'ok', links };
    expect(spans).toEqual([expect.objectContaining({ ...own, traceId: TRACE_ID, parentId: PARENT })]);
    expect(JSON.parse(payload).trace).toBe(`${ROOT};Parent=${spans[0]?.spanId};Sampled=1`);
  });

  test('of no trace begins one if the function is traced', async () => {
    const { spans, beginSpan } = recordSpans(systemClock);
    lambda = aLambda([aFunction(DESCRIBES, { isTraced: true }), aFunction(DESCRIBES, { functionName: 'g' })], {
      beginSpan,
    });

    const [traced, untraced] = await Promise.all([lambda.invoke('f', '{}'), lambda.invoke('g', '{}')]);

    expect(JSON.parse(traced.payload).trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    expect(JSON.parse(untraced.payload).trace).toMatch(/;Sampled=0$/);
    expect(spans.map(({ name }) => name)).toEqual(['f']);
  });

  test('that fails is a fault in its trace', async () => {
    const { spans, beginSpan } = recordSpans(systemClock);
    lambda = aLambda([aFunction('export const handler = async () => { throw new Error("no") }', { isTraced: true })], {
      beginSpan,
    });

    await lambda.invoke('f', '{}');

    expect(spans).toMatchObject([{ name: 'f', status: 'fault' }]);
  });

  test('can send segment documents where the daemon is', async () => {
    const source = 'export const handler = async () => process.env.AWS_XRAY_DAEMON_ADDRESS ?? "nowhere"';
    lambda = aLambda([aFunction(source)], { xrayDaemonAddress: '127.0.0.1:2000' });

    expect((await lambda.invoke('f', '{}')).payload).toBe('"127.0.0.1:2000"');
  });

  test('beyond the reserved concurrency is refused, until another one has ended', async () => {
    const gate = await aGate();
    const room = aLambda([aFunction(WAITS, { reservedConcurrentExecutions: 1 })]);
    lambda = room;
    const held = room.invoke('f', JSON.stringify({ gate: gate.url }));
    await gate.arrived(1);

    const refused = room.invoke('f', '{}');

    await expect(refused).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      message: 'Rate Exceeded.',
      fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    gate.open();
    expect((await held).payload).toBe('"well"');
    expect((await room.invoke('f', '{}')).payload).toBe('"well"');
    gate.close();
  });

  test('of a function whose reserved concurrency is 0 is always refused', async () => {
    lambda = aLambda([aFunction(WAITS, { reservedConcurrentExecutions: 0 })]);

    await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({ status: 429 });
    await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({ status: 429 });
  });

  test('that is asynchronous runs by itself and reports to its destination', async () => {
    const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:done';
    let tell = (_: Delivery) => {};
    const delivered = new Promise<Delivery>((resolve) => {
      tell = resolve;
    });
    lambda = aLambda([aFunction('export const handler = async (event, context) => context.awsRequestId')], {
      deliver: async (delivery) => tell(delivery),
    });
    lambda.configureAsynchronous({ functionName: 'f', onSuccessArn: queueArn });

    const { requestId } = await lambda.invokeAsync('f', '');

    const { targetArn, payload } = await delivered;
    expect(targetArn).toBe(queueArn);
    expect(JSON.parse(payload)).toMatchObject({ requestPayload: {}, responsePayload: requestId });
  });

  test('that is asynchronous and cut off by the closing stays as it was accepted', async () => {
    const gate = await aGate();
    const store = memoryStore();
    const room = aLambda([aFunction(WAITS)], { store });
    const { requestId } = await room.invokeAsync('f', JSON.stringify({ gate: gate.url }));
    await gate.arrived(1);

    await room.close();

    const kept = await store.list('asynchronous/');
    expect(kept).toMatchObject([{ value: { requestId, invokeCount: 0, refusals: 0 } }]);
    gate.close();
  });

  test('that is asynchronous takes 1 MiB and no more', async () => {
    const room = aLambda([aFunction(WAITS)]);
    lambda = room;

    await expect(room.invokeAsync('f', JSON.stringify('x'.repeat(1_048_574)))).resolves.toBeDefined();
    await expect(room.invokeAsync('f', JSON.stringify('x'.repeat(1_048_575)))).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
      message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    });
    await expect(room.invokeAsync('f', '{')).rejects.toMatchObject({ code: 'InvalidRequestContentException' });
  });
});

describe('an interceptor', () => {
  const own = { statusCode: 200, payload: '"own"', executedVersion: '$LATEST', requestId: 'r' } as const;
  test.each<[string, Intercept, unknown]>([
    ['runs the function', (_, run) => run(), '1'],
    ['runs it twice', (_, run) => run().then(() => run()), '2'],
    ['answers itself', async () => own, '"own"'],
  ])('%s', async (_, intercept, expected) => {
    const seen: string[] = [];
    const counts = 'let calls = 0; export const handler = async () => (calls += 1)';
    lambda = aLambda([aFunction(counts)], {
      intercept: (functionName, run) => {
        seen.push(functionName);
        return intercept(functionName, run);
      },
    });

    const { payload } = await lambda.invoke('f', '{}');

    expect(payload).toBe(expected);
    expect(seen).toEqual(['f']);
  });

  test('stands before asynchronous attempts and URLs too, and may refuse', async () => {
    const clock = manualClock(0);
    const seen: string[] = [];
    const intercept: Intercept = async (functionName) => {
      seen.push(functionName);
      throw new AwsError('ServiceException', 'fault', 500);
    };
    lambda = aLambda([aFunction(WAITS)], { clock, intercept });

    await lambda.invokeAsync('f', '{}');
    await clock.advance(1_000);
    const url = lambda.invokeUrl('f', {
      method: 'GET',
      rawPath: '/',
      rawQueryString: '',
      headers: {},
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
    });

    await expect(url).rejects.toMatchObject({ code: 'ServiceException' });
    expect(seen).toEqual(['f', 'f', 'f']);
  });
});

describe('an invocation that is to crash', () => {
  /** Calls the cloud `event.calls` times and answers how often its environment has run. */
  const CALLS = `let runs = 0;
    export const handler = async (event) => {
      runs += 1;
      const headers = { 'x-amz-security-token': process.env.AWS_SESSION_TOKEN };
      for (let n = 0; n < event.calls; n += 1) await fetch(event.url, { headers });
      return runs }`;
  let server: Server;
  let url: string;
  let crashAfterCalls: number | undefined;
  let answers: boolean[];
  const tokens = new Set<string>();

  beforeEach(async () => {
    answers = [];
    tokens.clear();
    server = createServer((request, response) => {
      const token = String(request.headers['x-amz-security-token']);
      tokens.add(token);
      const isDead = lambda?.noteCall(token) ?? false;
      answers.push(isDead);
      if (!isDead) response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    lambda = aLambda([aFunction(CALLS, { timeoutSeconds: 60 })], {
      intercept: (_, run) => run(crashAfterCalls === undefined ? {} : { crashAfterCalls }),
    });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const call = async (calls: number, crash?: number) => {
    crashAfterCalls = crash;
    return lambda!.invoke('f', JSON.stringify({ calls, url }));
  };

  test.each([
    ['at its second call of three', 3, [false, true]],
    ['at its last call', 2, [false, true]],
    ['when it answers with fewer calls', 1, [false]],
  ])('dies %s, and the next one gets a new environment', async (_, calls, expected) => {
    const warm = await call(0);
    const crashed = await call(calls, 2);
    const next = await call(1);

    expect(warm.payload).toBe('1');
    expect(crashed.functionError).toBe('Unhandled');
    expect(JSON.parse(crashed.payload)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${crashed.requestId} Error: Runtime exited with error: signal: killed`,
    });
    expect(answers).toEqual([...expected, false]);
    expect(next.payload).toBe('1');
    expect(tokens.size).toBe(2);
  });

  test('leaves the calls of others uncounted', async () => {
    expect(lambda!.noteCall('local-session-of-nobody')).toBe(false);

    const { payload } = await call(3);

    expect(payload).toBe('1');
    expect(answers).toEqual([false, false, false]);
  });
});
