import { answer, type Event, failure, openBench, START_MS, task } from './bench';

describe('The history of an execution', () => {
  it('has the events of a task with a retry in the shape that AWS gives them', async () => {
    const Retry = [{ ErrorEquals: ['Flaky'] }];
    const state = task('f', {
      TimeoutSeconds: 9,
      Retry,
      Assign: { kept: '{% $states.result.Payload %}' },
      Output: '{% "out" %}',
    });
    const bench = await openBench(
      { Call: state },
      { fake: (_, call) => (call === 1 ? failure('Flaky') : answer('ok')) },
    );
    const arn = await bench.start({ n: 1 });
    await bench.clock.advance(1000);

    const events = await bench.events(arn);

    const invoke = { resourceType: 'lambda', resource: 'invoke' };
    const scheduled = {
      ...invoke,
      region: 'eu-central-1',
      parameters: '{"FunctionName":"f","Payload":{"n":1}}',
      timeoutInSeconds: 9,
    };
    const result = '{"ExecutedVersion":"$LATEST","Payload":"ok","StatusCode":200}';
    const cause = '{"errorType":"Flaky","errorMessage":"no"}';
    expect(events.map(({ timestamp: _, ...event }) => event)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: '{"n":1}',
          roleArn: 'arn:aws:iam::111111111111:role/machine',
        },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'Call', input: '{"n":1}' },
      },
      { id: 3, previousEventId: 2, type: 'TaskScheduled', taskScheduledEventDetails: scheduled },
      { id: 4, previousEventId: 3, type: 'TaskStarted', taskStartedEventDetails: invoke },
      { id: 5, previousEventId: 4, type: 'TaskFailed', taskFailedEventDetails: { ...invoke, error: 'Flaky', cause } },
      { id: 6, previousEventId: 5, type: 'TaskScheduled', taskScheduledEventDetails: scheduled },
      { id: 7, previousEventId: 6, type: 'TaskStarted', taskStartedEventDetails: invoke },
      {
        id: 8,
        previousEventId: 7,
        type: 'TaskSucceeded',
        taskSucceededEventDetails: { ...invoke, output: result },
      },
      {
        id: 9,
        previousEventId: 8,
        type: 'TaskStateExited',
        stateExitedEventDetails: {
          name: 'Call',
          output: '"out"',
          assignedVariables: { kept: '"ok"' },
        },
      },
      {
        id: 10,
        previousEventId: 9,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '"out"' },
      },
    ]);
  });

  it('has timestamps in epoch seconds with their fraction', async () => {
    const bench = await openBench({ Wait: { Type: 'Wait', Timestamp: '2030-01-01T00:00:00.250Z', End: true } });
    const arn = await bench.start();
    await bench.clock.advance(250);

    const events = await bench.events(arn);

    const start = START_MS / 1000;
    expect(events.map(({ timestamp }) => timestamp)).toEqual([start, start, start + 0.25, start + 0.25]);
  });

  it.each([
    [{ A: { Type: 'Pass', End: true } }, ['PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']],
    [{ A: { Type: 'Succeed' } }, ['SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded']],
    [{ A: { Type: 'Wait', Seconds: 0, End: true } }, ['WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded']],
    [{ A: { Type: 'Fail' } }, ['FailStateEntered', 'ExecutionFailed']],
    [
      { A: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }] }, B: { Type: 'Succeed' } },
      ['ChoiceStateEntered', 'ChoiceStateExited', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
    ],
  ])('names the events of %j', async (states: Record<string, object>, types) => {
    const bench = await openBench(states);
    const arn = await bench.start();

    const events = await bench.events(arn);

    expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', ...types]);
  });

  it('tells a timeout from a failure', async () => {
    const bench = await openBench({ Call: task('f', { TimeoutSeconds: 2 }) }, { fake: () => new Promise(() => {}) });
    const arn = await bench.start();
    await bench.clock.advance(2000);

    const last = (await bench.events(arn)).slice(-2);

    expect(last).toMatchObject([
      {
        type: 'TaskTimedOut',
        taskTimedOutEventDetails: { resourceType: 'lambda', resource: 'invoke', error: 'States.Timeout' },
      },
      { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'States.Timeout' } },
    ]);
  });

  it('tells where an evaluation failed, in the words of Step Functions', async () => {
    const bench = await openBench({ A: { Type: 'Pass', Output: { total: '{% $missing %}' }, End: true } });
    const arn = await bench.start();

    const last = (await bench.events(arn)).slice(-2);

    const details = {
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$missing' specified for the field 'Output/total' returned nothing (undefined).",
    };
    expect(last).toMatchObject([
      {
        previousEventId: 0,
        type: 'EvaluationFailed',
        evaluationFailedEventDetails: { ...details, location: 'Output/total', state: 'A' },
      },
      { previousEventId: 3, type: 'ExecutionFailed', executionFailedEventDetails: details },
    ]);
  });

  it('ends a stopped execution with ExecutionAborted and one out of time with ExecutionTimedOut', async () => {
    const bench = await openBench(
      { Wait: { Type: 'Wait', Seconds: 99, End: true } },
      { topLevel: { TimeoutSeconds: 5 } },
    );
    const stopped = await bench.start();
    const late = await bench.start();

    await bench.room.handle('StopExecution', { executionArn: stopped, error: 'Enough', cause: 'by hand' });
    await bench.clock.advance(5000);

    expect((await bench.events(stopped)).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Enough', cause: 'by hand' },
    });
    expect((await bench.events(late)).at(-1)).toMatchObject({
      previousEventId: 0,
      type: 'ExecutionTimedOut',
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
  });

  it('counts one transition for each state entered', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'End' }];
    const bench = await openBench(
      { Call: task('f', { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }], Catch }), End: { Type: 'Succeed' } },
      { fake: () => failure('E') },
    );
    const arn = await bench.start();
    await bench.clock.advance(10_000);

    const events = await bench.events(arn);

    expect(events.filter(({ type }: Event) => type.endsWith('StateEntered'))).toHaveLength(2);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
  });
});
