import {
  executionArn,
  openStepFunctions,
  stateMachineArn,
} from '../../../../infra/local/step-functions/step-functions';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { MACHINE_ARN, openBench, PLACE, ROLE, START_MS, task } from './bench';

const wait = { Wait: { Type: 'Wait', Seconds: 60, End: true } };

describe('StartExecution', () => {
  it('answers the ARN, which is made of machine and name, and the start in epoch seconds', async () => {
    const { room } = await openBench(wait);

    const answer = await room.handle('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'n-1', input: '{}' });

    expect(answer).toEqual({ executionArn: executionArn(PLACE, 'machine', 'n-1'), startDate: START_MS / 1000 });
  });

  it('makes up a name and an empty input when there are none', async () => {
    const { room } = await openBench(wait);

    const { executionArn } = await room.handle('StartExecution', { stateMachineArn: MACHINE_ARN });
    const { name, input } = await room.handle('DescribeExecution', { executionArn });

    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(input).toBe('{}');
  });

  it('answers the running execution for the same name and input, and starts no second one', async () => {
    const bench = await openBench(wait);
    const body = { stateMachineArn: MACHINE_ARN, name: 'n', input: '{"a":1}' };

    const answers = await Promise.all([
      bench.room.handle('StartExecution', body),
      bench.room.handle('StartExecution', body),
    ]);
    await bench.clock.advance(1000);
    const later = await bench.room.handle('StartExecution', body);

    const { executions } = await bench.room.handle('ListExecutions', { stateMachineArn: MACHINE_ARN });
    expect([answers[1], later]).toEqual([answers[0], answers[0]]);
    expect(executions).toHaveLength(1);
  });

  it('refuses a name that runs with another input, or that has ended whatever the input', async () => {
    const bench = await openBench(wait);
    await bench.start({ a: 1 }, 'n');

    await expect(bench.start({ a: 2 }, 'n')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await bench.clock.advance(60_000);
    await expect(bench.start({ a: 1 }, 'n')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  it('remembers the names over a restart', async () => {
    const store = memoryStore();
    const before = await openBench({ End: { Type: 'Succeed' } }, { store });
    await before.start({}, 'n');
    await before.room.close();

    const after = await openBench({ End: { Type: 'Succeed' } }, { store });

    await expect(after.start({}, 'n')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  it.each([
    [{ name: 'a b' }, 'InvalidName'],
    [{ name: 'a/b' }, 'InvalidName'],
    [{ name: 'x'.repeat(81) }, 'InvalidName'],
    [{ name: '' }, 'InvalidName'],
    [{ input: 'not json' }, 'InvalidExecutionInput'],
    [{ input: '' }, 'InvalidExecutionInput'],
    [{ input: `"${'x'.repeat(262_144)}"` }, 'InvalidExecutionInput'],
    [{ stateMachineArn: `${MACHINE_ARN}2` }, 'StateMachineDoesNotExist'],
    [{ stateMachineArn: 'machine' }, 'InvalidArn'],
    [{ stateMachineArn: undefined }, 'ValidationException'],
    [{ other: 1 }, 'ValidationException'],
  ])('refuses %j', async (change, code) => {
    const { room } = await openBench(wait);

    const started = room.handle('StartExecution', { stateMachineArn: MACHINE_ARN, ...change });

    await expect(started).rejects.toMatchObject({ name: 'AwsError', code });
  });
});

describe('DescribeExecution', () => {
  it('has the shape AWS gives a running, a succeeded and a failed execution', async () => {
    const bench = await openBench({
      Wait: { Type: 'Wait', Seconds: 1, Next: 'Check' },
      Check: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.ok %}', Next: 'End' }], Default: 'Bad' },
      End: { Type: 'Succeed' },
      Bad: { Type: 'Fail', Error: 'E', Cause: 'C' },
    });
    const good = await bench.start({ ok: true }, 'good');
    const bad = await bench.start({ ok: false }, 'bad');

    const running = await bench.describe(good);
    await bench.clock.advance(1000);

    const common = {
      stateMachineArn: MACHINE_ARN,
      startDate: START_MS / 1000,
      redriveCount: 0,
    };
    const reason = (status: string) => ({
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: `Execution is ${status} and cannot be redriven`,
    });
    expect(running).toEqual({
      ...common,
      executionArn: good,
      name: 'good',
      status: 'RUNNING',
      input: '{"ok":true}',
      ...reason('RUNNING'),
    });
    expect(await bench.describe(good)).toEqual({
      ...common,
      executionArn: good,
      name: 'good',
      status: 'SUCCEEDED',
      input: '{"ok":true}',
      stopDate: START_MS / 1000 + 1,
      output: '{"ok":true}',
      ...reason('SUCCEEDED'),
    });
    expect(await bench.describe(bad)).toEqual({
      ...common,
      executionArn: bad,
      name: 'bad',
      status: 'FAILED',
      input: '{"ok":false}',
      stopDate: START_MS / 1000 + 1,
      error: 'E',
      cause: 'C',
      redriveStatus: 'REDRIVABLE',
    });
  });

  it.each([
    ['nothing', 'InvalidArn'],
    [executionArn(PLACE, 'machine', 'none'), 'ExecutionDoesNotExist'],
    [MACHINE_ARN, 'ExecutionDoesNotExist'],
  ])('of %s is refused', async (arn, code) => {
    const { describe } = await openBench(wait);

    await expect(describe(arn)).rejects.toMatchObject({ code });
  });
});

describe('StopExecution', () => {
  it('aborts a running execution at once and leaves an ended one as it is', async () => {
    const bench = await openBench(wait);
    const executionArn = await bench.start();
    await bench.clock.advance(1000);

    const first = await bench.room.handle('StopExecution', { executionArn, error: 'E', cause: 'C' });
    await bench.clock.advance(60_000);
    const second = await bench.room.handle('StopExecution', { executionArn });

    expect([first, second]).toEqual([{ stopDate: START_MS / 1000 + 1 }, { stopDate: START_MS / 1000 + 1 }]);
    expect(await bench.describe(executionArn)).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'C' });
  });

  it('does not wait for the function that runs, and ignores its answer', async () => {
    let reply = () => {};
    const fake = () =>
      new Promise<{ payload: string }>((resolve) => {
        reply = () => resolve({ payload: '1' });
      });
    const bench = await openBench({ Call: task('f', { Next: 'End' }), End: { Type: 'Succeed' } }, { fake });
    const executionArn = await bench.start();

    await bench.room.handle('StopExecution', { executionArn });
    reply();
    await bench.clock.advance(0);

    expect(await bench.describe(executionArn)).toMatchObject({ status: 'ABORTED' });
    expect((await bench.events(executionArn)).at(-1)).toMatchObject({ id: 5, type: 'ExecutionAborted' });
  });
});

describe('ListExecutions', () => {
  it('goes on behind the last entry although that one has left the filter', async () => {
    const bench = await openBench(wait);
    for (const name of ['a', 'b', 'c']) await bench.start({}, name);
    const body = { stateMachineArn: MACHINE_ARN, statusFilter: 'RUNNING', maxResults: 1 };
    const first = await bench.room.handle('ListExecutions', body);
    const [shown] = first.executions as [{ executionArn: string }];
    await bench.room.handle('StopExecution', { executionArn: shown.executionArn });

    const second = await bench.room.handle('ListExecutions', { ...body, nextToken: first.nextToken });

    expect(second.executions).toMatchObject([{ name: 'b' }]);
  });

  it('lists the newest first, page by page, and a new execution shifts no page', async () => {
    const bench = await openBench(wait);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await bench.start({}, name);
    const list = async (body: object) => {
      const answer = await bench.room.handle('ListExecutions', { stateMachineArn: MACHINE_ARN, ...body });
      return { ...answer, names: (answer.executions as Array<{ name: string }>).map(({ name }) => name) };
    };

    const first = await list({ maxResults: 2 });
    await bench.start({}, 'f');
    const second = await list({ maxResults: 2, nextToken: (first as { nextToken?: string }).nextToken });
    const third = await list({ maxResults: 2, nextToken: (second as { nextToken?: string }).nextToken });

    expect([first.names, second.names, third.names]).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    expect(third).not.toHaveProperty('nextToken');
  });

  it('filters by status', async () => {
    const bench = await openBench(wait);
    const stopped = await bench.start({}, 'stopped');
    await bench.start({}, 'running');
    await bench.room.handle('StopExecution', { executionArn: stopped });

    const { executions } = await bench.room.handle('ListExecutions', {
      stateMachineArn: MACHINE_ARN,
      statusFilter: 'ABORTED',
    });

    expect(executions).toEqual([
      {
        executionArn: stopped,
        stateMachineArn: MACHINE_ARN,
        name: 'stopped',
        status: 'ABORTED',
        startDate: START_MS / 1000,
        stopDate: START_MS / 1000,
        redriveCount: 0,
      },
    ]);
  });

  it.each([
    [{ statusFilter: 'aborted' }, 'ValidationException'],
    [{ maxResults: 1001 }, 'ValidationException'],
    [{ nextToken: 'none' }, 'InvalidToken'],
  ])('refuses %j', async (body, code) => {
    const { room } = await openBench(wait);

    await expect(room.handle('ListExecutions', { stateMachineArn: MACHINE_ARN, ...body })).rejects.toMatchObject({
      code,
    });
  });
});

describe('GetExecutionHistory', () => {
  it('gives pages in either order', async () => {
    const bench = await openBench({ A: { Type: 'Pass', Next: 'End' }, End: { Type: 'Succeed' } });
    const executionArn = await bench.start();
    const ids = async (body: object): Promise<number[]> => {
      const { events, nextToken } = await bench.room.handle('GetExecutionHistory', {
        executionArn,
        maxResults: 4,
        ...body,
      });
      const page = (events as Array<{ id: number }>).map(({ id }) => id);
      return nextToken === undefined ? page : [...page, ...(await ids({ ...body, nextToken }))];
    };

    expect(await ids({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await ids({ reverseOrder: true })).toEqual([6, 5, 4, 3, 2, 1]);
  });
});

describe('State machines', () => {
  it('are listed by name and described with their definition', async () => {
    const { room } = await openBench(wait);
    const second = { name: 'another', definition: definitionOf(wait), type: 'STANDARD', roleArn: ROLE } as const;
    room.createStateMachine(second);

    const { stateMachines } = await room.handle('ListStateMachines', {});
    const described = await room.handle('DescribeStateMachine', { stateMachineArn: stateMachineArn(PLACE, 'another') });

    expect(stateMachines).toMatchObject([{ name: 'another', type: 'STANDARD' }, { name: 'machine' }]);
    expect(described).toMatchObject({
      status: 'ACTIVE',
      definition: second.definition,
      roleArn: ROLE,
      creationDate: START_MS / 1000,
    });
  });

  it.each([
    [{ name: 'machine' }, 'State machine "machine" exists already'],
    [{ definition: '{}' }, 'State machine "new": the definition must be a JSON object with States'],
  ])('are refused with %j', async (change, reason) => {
    const { room } = await openBench(wait);
    const machine = {
      name: 'new',
      definition: definitionOf(wait),
      type: 'STANDARD' as const,
      roleArn: ROLE,
      ...change,
    };

    expect(() => room.createStateMachine(machine)).toThrow(reason);
  });
});

describe('Other operations', () => {
  it.each(['SendTaskSuccess', 'CreateActivity', 'UpdateStateMachine'])('%s is refused by name', async (name) => {
    const room = await openStepFunctions({
      ...PLACE,
      store: memoryStore(),
      clock: manualClock(START_MS),
      invokeLambda: async () => ({ payload: 'null' }),
    });

    await expect(room.handle(name, {})).rejects.toMatchObject({
      code: 'UnknownOperationException',
      message: expect.stringContaining(`${name} is not supported here`),
    });
  });
});

function definitionOf(states: object): string {
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
}
