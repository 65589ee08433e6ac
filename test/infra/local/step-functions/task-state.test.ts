import { AwsError } from '../../../../infra/local/aws-error';
import { answer, failure, openBench, ROLE, task } from './bench';

describe('A Task state', () => {
  it('invokes the function with its arguments and gives the parsed payload as result', async () => {
    const state = task('double', {
      Arguments: {
        FunctionName: 'double',
        Payload: { n: '{% $states.input.n %}', key: ['{% $states.context.Execution.Name %}'] },
      },
      Assign: { seen: '{% $states.result.Payload.n %}' },
      Next: 'Show',
    });
    const bench = await openBench(
      { Call: state, Show: { Type: 'Succeed', Output: { seen: '{% $seen %}', result: '{% $states.input %}' } } },
      { fake: (payload) => answer({ n: (payload as { n: number }).n * 2 }) },
    );

    const execution = await bench.run({ n: 4 });

    expect(bench.calls).toEqual([{ functionName: 'double', payload: { n: 4, key: [execution.name] }, atMs: 0 }]);
    expect(execution.output).toEqual({
      seen: 8,
      result: { ExecutedVersion: '$LATEST', Payload: { n: 8 }, StatusCode: 200 },
    });
  });

  it('retries at growing intervals, then succeeds', async () => {
    const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 5 }];
    const bench = await openBench(
      { Call: task('f', { Retry }) },
      { fake: (_, call) => (call < 4 ? failure('Flaky') : answer('done')) },
    );

    const execution = await bench.run({}, 60_000);

    expect(bench.calls.map(({ atMs }) => atMs)).toEqual([0, 1000, 3000, 7000]);
    expect(execution.output).toMatchObject({ Payload: 'done' });
  });

  it('keeps each interval below MaxDelaySeconds and draws it from the dice under full jitter', async () => {
    const Retry = [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        BackoffRate: 10,
        MaxAttempts: 3,
        MaxDelaySeconds: 30,
        JitterStrategy: 'FULL',
      },
    ];
    const bench = await openBench({ Call: task('f', { Retry }) }, { fake: () => failure('Flaky'), random: () => 0.25 });

    const execution = await bench.run({}, 600_000);

    expect(bench.calls.map(({ atMs }) => atMs)).toEqual([0, 500, 5500, 13_000]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Flaky' });
  });

  it('counts each retrier for itself and does not retry an error named with MaxAttempts 0', async () => {
    const Retry = [
      { ErrorEquals: ['Refused'], MaxAttempts: 0 },
      { ErrorEquals: ['Slow'], MaxAttempts: 1, IntervalSeconds: 10 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 },
    ];
    const errors = ['Slow', 'Other', 'Other', 'Refused'];
    const bench = await openBench(
      { Call: task('f', { Retry }) },
      { fake: (_, call) => failure(errors[call - 1] as string) },
    );

    const execution = await bench.run({}, 600_000);

    expect(bench.calls.map(({ atMs }) => atMs)).toEqual([0, 10_000, 11_000, 12_000]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Refused' });
  });

  it('evaluates Arguments anew for each attempt', async () => {
    const Arguments = { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' };
    const Retry = [{ ErrorEquals: ['A'] }, { ErrorEquals: ['B'] }];
    const errors = ['A', 'B', 'A'];
    const bench = await openBench(
      { Call: task('f', { Arguments, Retry }) },
      { fake: (_, call) => (call <= 3 ? failure(errors[call - 1] as string) : answer(null)) },
    );

    await bench.run({}, 60_000);

    expect(bench.calls.map(({ payload }) => payload)).toEqual([0, 1, 2, 3]);
  });

  it('begins with no retries used when it is entered again', async () => {
    const states = {
      Call: task('f', { Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 1 }], Next: 'Again' }),
      Again: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.Payload = 1 %}', Next: 'Call' }],
        Default: 'End',
      },
      End: { Type: 'Succeed' },
    };
    const bench = await openBench(states, {
      fake: (_, call) => (call % 2 === 1 ? failure('Flaky') : answer(call / 2)),
    });

    const execution = await bench.run({}, 60_000);

    expect(execution.status).toBe('SUCCEEDED');
    expect(bench.calls).toHaveLength(4);
  });

  it('leads through a catcher to the undo path, with what earlier states assigned', async () => {
    const bench = await openBench(undoStates(), {
      fake: (_, call) => (call === 2 ? failure('CardRefused') : answer(`effect ${call}`)),
    });

    const execution = await bench.run({ total: 5 });

    expect(bench.calls.map(({ functionName, payload }) => [functionName, payload])).toEqual([
      ['reserve', { total: 5 }],
      ['charge', { total: 5 }],
      ['release', { reservation: 'effect 1', input: { total: 5 } }],
    ]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'CardRefused', cause: 'undone after CardRefused' });
  });

  it('gives the caught error as output when the catcher has none', async () => {
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'End' }];
    const bench = await openBench(
      { Call: task('f', { Catch }), End: { Type: 'Succeed' } },
      { fake: () => failure('Broken') },
    );

    expect((await bench.run()).output).toEqual({
      Error: 'Broken',
      Cause: '{"errorType":"Broken","errorMessage":"no"}',
    });
  });

  it('times out, and ignores what the function answers later', async () => {
    let reply = (_: unknown) => {};
    const Catch = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
      { ErrorEquals: ['States.Timeout'], Next: 'Late' },
    ];
    const states = {
      Call: task('f', { TimeoutSeconds: 3, Catch }),
      Wrong: { Type: 'Fail' },
      Late: { Type: 'Wait', Seconds: 10, End: true },
    };
    const bench = await openBench(states, {
      fake: () =>
        new Promise((resolve) => {
          reply = () => resolve(answer('late'));
        }),
    });
    const arn = await bench.start();

    await bench.clock.advance(3000);
    reply(undefined);
    await bench.clock.advance(10_000);

    expect(JSON.parse((await bench.describe(arn)).output as string)).toEqual({ Error: 'States.Timeout', Cause: '' });
  });

  it('takes TimeoutSeconds from an expression', async () => {
    const bench = await openBench(
      { Call: task('f', { TimeoutSeconds: '{% $states.input.limit %}' }) },
      { fake: () => new Promise(() => {}) },
    );

    const early = await bench.run({ limit: 7 }, 6999);
    const late = await bench.run({ limit: 7 }, 7000);

    expect([early.status, late.status, late.error]).toEqual(['RUNNING', 'FAILED', 'States.Timeout']);
  });

  it.each([
    ['Arguments', { Arguments: { FunctionName: '{% $missing %}' } }],
    ['Output', { Output: '{% $states.result.nothing %}' }],
    ['Assign', { Assign: { x: '{% $missing.y %}' } }],
    ['TimeoutSeconds', { TimeoutSeconds: '{% "soon" %}' }],
  ])('can catch an evaluation error in %s by name', async (_, fields) => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'End' }];
    const bench = await openBench({ Call: task('f', { ...fields, Catch }), End: { Type: 'Succeed' } });

    expect(await bench.run()).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.QueryEvaluationError' } });
  });

  it('catches an evaluation error by States.ALL', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'End' }];
    const bench = await openBench({
      Call: task('f', { Output: '{% $missing %}', Catch }),
      End: { Type: 'Succeed' },
    });

    expect(await bench.run()).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('fails when the expression of a catcher fails, without asking the catchers again', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'End', Output: '{% $missing %}' }];
    const bench = await openBench(
      { Call: task('f', { Catch }), End: { Type: 'Succeed' } },
      { fake: () => failure('Broken') },
    );

    expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it('does not catch a result beyond the data limit by States.ALL', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'End' }];
    const bench = await openBench(
      { Call: task('f', { Catch }), End: { Type: 'Succeed' } },
      { fake: () => answer('x'.repeat(262_144)) },
    );

    expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('catches a result beyond the data limit by its name', async () => {
    const Catch = [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'End' }];
    const bench = await openBench(
      { Call: task('f', { Catch }), End: { Type: 'Succeed' } },
      { fake: () => answer('x'.repeat(262_144)) },
    );

    expect(await bench.run()).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('cannot be saved from States.Runtime', async () => {
    const Arguments = { FunctionName: '{% 5 %}' };
    const Catch = [
      { ErrorEquals: ['States.Runtime'], Next: 'End' },
      { ErrorEquals: ['States.ALL'], Next: 'End' },
    ];
    const bench = await openBench({ Call: task('f', { Arguments, Catch }), End: { Type: 'Succeed' } });

    expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it.each([
    ['Lambda.TooManyRequestsException', new AwsError('TooManyRequestsException', 'Rate exceeded', 429)],
    ['Lambda.ServiceException', new AwsError('ServiceException', 'internal', 500)],
    ['Lambda.ResourceNotFoundException', new AwsError('ResourceNotFoundException', 'Function not found', 404)],
    ['Lambda.AWSLambdaException', new AwsError('AccessDeniedException', 'not authorized', 403)],
    ['Lambda.AWSLambdaException', new AwsError('ThrottlingException', 'Rate exceeded', 400)],
    ['Lambda.InvalidRequestContentException', new AwsError('InvalidRequestContentException', 'not JSON', 400)],
    ['Lambda.SdkClientException', new Error('connect ECONNREFUSED')],
  ])('gives a service error the name %s', async (error, thrown) => {
    const bench = await openBench(
      { Call: task('f') },
      {
        fake: () => {
          throw thrown;
        },
      },
    );

    const execution = await bench.run();

    expect(execution).toMatchObject({ status: 'FAILED', error });
    expect(execution.cause).toContain(thrown.message);
  });

  it('says in the cause of a service error what the service answered, as the AWS SDK words it', async () => {
    const thrown = new AwsError(
      'AccessDeniedException',
      'User: u is not authorized to perform: lambda:InvokeFunction',
      403,
    );
    const bench = await openBench({ Call: task('f') }, { fake: () => Promise.reject(thrown) });

    const { cause } = await bench.run();

    expect(cause).toMatch(
      /lambda:InvokeFunction \(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
    );
  });

  it('invokes with the role of the machine on behalf of the execution', async () => {
    const bench = await openBench({ Call: task('f') });

    const executionArn = await bench.start();

    expect(bench.callers).toEqual([{ roleArn: ROLE, executionArn }]);
  });

  it('names the error of a function that gives no error type Lambda.Unknown', async () => {
    const bench = await openBench(
      { Call: task('f') },
      { fake: () => ({ payload: '{"errorMessage":"exited"}', functionError: 'Unhandled' }) },
    );

    const execution = await bench.run();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
    expect(execution.cause).toContain('{"errorMessage":"exited"}');
  });
});

function undoStates(): Record<string, object> {
  const Catch = [
    {
      ErrorEquals: ['States.ALL'],
      Next: 'Release',
      Assign: { reason: '{% $states.errorOutput.Error %}' },
      Output: '{% $states.input %}',
    },
  ];
  const release = {
    FunctionName: 'release',
    Payload: { reservation: '{% $reservation %}', input: '{% $states.input %}' },
  };
  return {
    Reserve: task('reserve', {
      Assign: { reservation: '{% $states.result.Payload %}' },
      Output: '{% $states.input %}',
      Next: 'Charge',
    }),
    Charge: task('charge', { Catch, Next: 'Done' }),
    Done: { Type: 'Succeed' },
    Release: task('release', { Arguments: release, Next: 'Undone' }),
    Undone: { Type: 'Fail', Error: '{% $reason %}', Cause: '{% "undone after " & $reason %}' },
  };
}
