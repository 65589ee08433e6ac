import { answer, openBench, ROLE, START_MS, task } from './bench';

describe('The interpreter', () => {
  it('hands the output of each state to the next one', async () => {
    const bench = await openBench({
      Double: { Type: 'Pass', Output: { n: '{% $states.input.n * 2 %}' }, Next: 'Add' },
      Add: { Type: 'Pass', Output: '{% $states.input.n + 1 %}', End: true },
    });

    const execution = await bench.run({ n: 20 });

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 41 });
  });

  it('passes the input on when a state has no Output', async () => {
    const bench = await openBench({ Same: { Type: 'Pass', Next: 'End' }, End: { Type: 'Succeed' } });

    expect(await bench.run({ kept: true })).toMatchObject({ status: 'SUCCEEDED', output: { kept: true } });
  });

  it('evaluates all of Assign and Output with the variables as they were before', async () => {
    const bench = await openBench({
      First: { Type: 'Pass', Assign: { a: 1, b: 10 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% $a %}', Next: 'Show' },
      Show: { Type: 'Succeed', Output: { a: '{% $a %}', b: '{% $b %}', seen: '{% $states.input %}' } },
    });

    expect(await bench.run()).toMatchObject({ output: { a: 10, b: 1, seen: 1 } });
  });

  it('takes the first choice that holds, with its own Assign and Output', async () => {
    const bench = await openBench(choiceStates());

    expect(await bench.run({ n: 7 })).toMatchObject({ output: { size: 'medium', way: 'rule' } });
  });

  it('takes the default with the fields of the Choice state when no choice holds', async () => {
    const bench = await openBench(choiceStates());

    expect(await bench.run({ n: 1 })).toMatchObject({ output: { size: 'small', way: 'default' } });
  });

  it('fails with States.NoChoiceMatched when no choice holds and there is no default', async () => {
    const bench = await openBench({
      Only: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n = 1 %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    });

    expect(await bench.run({ n: 2 })).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('fails when a condition is no boolean', async () => {
    const bench = await openBench({
      Only: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    });

    const execution = await bench.run({ n: 'yes' });

    expect(execution).toMatchObject({ error: 'States.QueryEvaluationError' });
    expect(execution.cause).toContain(`Expected 'boolean', but was 'string' for value: "yes"`);
  });

  it.each([
    ['seconds', { Seconds: 30 }],
    ['seconds from an expression', { Seconds: '{% $states.input.s %}' }],
    ['a timestamp', { Timestamp: '2030-01-01T00:00:30Z' }],
    ['a timestamp from an expression', { Timestamp: '{% $states.input.t %}' }],
  ])('waits for %s', async (_, fields) => {
    const bench = await openBench({ Wait: { Type: 'Wait', ...fields, End: true } });
    const arn = await bench.start({ s: 30, t: '2030-01-01T01:00:30+01:00' });

    await bench.clock.advance(29_999);
    const before = await bench.describe(arn);
    await bench.clock.advance(1);
    const after = await bench.describe(arn);

    expect([before.status, after.status]).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  it('waits longer than a timer of the platform can', async () => {
    const days = 40 * 24 * 3600;
    const bench = await openBench({ Wait: { Type: 'Wait', Seconds: days, End: true } });
    const arn = await bench.start();

    await bench.clock.advance(days * 1000 - 1);
    const before = await bench.describe(arn);
    await bench.clock.advance(1);
    const after = await bench.describe(arn);

    expect([before.status, after.status]).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  it.each([
    ['Seconds', 1.5],
    ['Seconds', -1],
    ['Timestamp', '2030-01-01 00:00:30Z'],
    ['Timestamp', '2030-13-01T00:00:30Z'],
  ])('fails when %s is %s', async (field, value) => {
    const bench = await openBench({ Wait: { Type: 'Wait', [field]: '{% $states.input %}', End: true } });

    expect(await bench.run(value)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it.each([
    [
      'both',
      { Error: 'Broken', Cause: '{% "because of " & $states.input %}' },
      { error: 'Broken', cause: 'because of it' },
    ],
    ['an error only', { Error: '{% $states.input %}' }, { error: 'it' }],
    ['neither', {}, {}],
  ])('fails in a Fail state that has %s', async (_, fields, expected) => {
    const bench = await openBench({ Fail: { Type: 'Fail', ...fields } });

    const { status, error, cause } = await bench.run('it');

    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: undefined, cause: undefined, ...expected });
  });

  it('shows the context as AWS documents it', async () => {
    const bench = await openBench({
      Wait: { Type: 'Wait', Seconds: 5, Next: 'Show' },
      Show: { Type: 'Succeed', Output: '{% $states.context %}' },
    });

    const { output, executionArn, name } = await bench.run({ n: 1 }, 5000);

    expect(output).toEqual({
      Execution: {
        Id: executionArn,
        Input: { n: 1 },
        Name: name,
        RoleArn: ROLE,
        StartTime: new Date(START_MS).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:eu-central-1:111111111111:stateMachine:machine', Name: 'machine' },
      State: { Name: 'Show', EnteredTime: new Date(START_MS + 5000).toISOString() },
    });
  });

  it.each(['Output', 'Assign'])(
    'fails with States.DataLimitExceeded when %s has more than 262,144 bytes',
    async (field) => {
      const value = { long: '{% $pad("", 262144, "x") %}' };
      const bench = await openBench({ Grow: { Type: 'Pass', [field]: value, End: true } });

      expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    },
  );

  it('ends an execution that runs in a circle at the event limit', async () => {
    const bench = await openBench({
      Round: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input = "out" %}', Next: 'Out' }],
        Default: 'Round',
      },
      Out: { Type: 'Succeed' },
    });

    expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('times out after the TimeoutSeconds of the machine, whatever it waits for', async () => {
    const bench = await openBench(
      { Call: task('slow', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }] }), End: { Type: 'Succeed' } },
      { fake: () => new Promise(() => {}), topLevel: { TimeoutSeconds: 60 } },
    );

    const arn = await bench.start();

    await bench.clock.advance(59_999);
    const before = await bench.describe(arn);
    await bench.clock.advance(1);
    const after = await bench.describe(arn);

    expect([before.status, after.status]).toEqual(['RUNNING', 'TIMED_OUT']);
  });

  it('runs many executions at the same time', async () => {
    const bench = await openBench({ Call: task('echo') }, { fake: (payload) => answer(payload) });

    const arns = await Promise.all(Array.from({ length: 50 }, (_, n) => bench.start(n)));
    const outputs = await Promise.all(
      arns.map(async (arn) => JSON.parse((await bench.describe(arn)).output as string)),
    );

    expect(outputs.map(({ Payload }) => Payload)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });
});

function choiceStates(): Record<string, object> {
  return {
    Choose: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 100 %}', Next: 'Show', Assign: { size: 'large' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Show', Assign: { size: 'medium' }, Output: { way: 'rule' } },
        { Condition: '{% $states.input.n > 2 %}', Next: 'Show', Assign: { size: 'never' } },
      ],
      Default: 'Show',
      Assign: { size: 'small' },
      Output: { way: 'default' },
    },
    Show: { Type: 'Succeed', Output: { size: '{% $size %}', way: '{% $states.input.way %}' } },
  };
}
