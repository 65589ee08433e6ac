import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { answer, failure, MACHINE_ARN, openBench, START_MS, task } from './bench';

const PREFIX = 'arn:aws:states:eu-central-1:111111111111:express:machine:';
const wait = { Wait: { Type: 'Wait', Seconds: 2, Next: 'End' }, End: { Type: 'Succeed', Output: { done: true } } };

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
describe('StartSyncExecution', () => {
  it('answers when the execution has ended, with its output', async () => {
    const bench = await openBench(wait, { type: 'EXPRESS' });

    const answering = bench.room.handle('StartSyncExecution', {
      stateMachineArn: MACHINE_ARN,
      name: 'n',
      input: '[1]',
    });
    await bench.clock.advance(2010);

    expect(await answering).toEqual({
      executionArn: expect.stringMatching(new RegExp(`^${PREFIX}n:[0-9a-f-]{36}$`)),
      stateMachineArn: MACHINE_ARN,
      name: 'n',
      status: 'SUCCEEDED',
      startDate: START_MS / 1000,
      stopDate: START_MS / 1000 + 2,
      input: '[1]',
      output: '{"done":true}',
    });
  });

  it('answers a failed execution without an error of its own', async () => {
    const bench = await openBench({ Call: task('f') }, { type: 'EXPRESS', fake: () => failure('Broken') });

    const answered = await bench.room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN });

    expect(answered).toMatchObject({
      status: 'FAILED',
      error: 'Broken',
    });
    expect(answered).not.toHaveProperty('output');
  });

  it('ends an execution after five minutes', async () => {
    const bench = await openBench({ Call: task('f') }, { type: 'EXPRESS', fake: () => new Promise(() => {}) });

    const answering = bench.room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN });
    await bench.clock.advance(5 * 60_000);

    expect(await answering).toMatchObject({ status: 'TIMED_OUT', stopDate: START_MS / 1000 + 300 });
  });

  it('is refused when the room closes first', async () => {
    const bench = await openBench(wait, { type: 'EXPRESS' });
    const answering = bench.room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN });
    const refused = expect(answering).rejects.toMatchObject({ code: 'ServiceUnavailable', status: 503 });

    await bench.room.close();

    await refused;
  });

  it('is refused for a Standard machine', async () => {
    const { room } = await openBench(wait);

    await expect(room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN })).rejects.toMatchObject({
      code: 'StateMachineTypeNotSupported',
      message: 'This operation is not supported by this type of state machine',
    });
  });

  it('leaves no limit to the history', async () => {
    const bench = await openBench(
      {
        Count: { Type: 'Pass', Output: '{% $states.input + 1 %}', Next: 'Check' },
        Check: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input < 6400 %}', Next: 'Count' }],
          Default: 'End',
        },
        End: { Type: 'Succeed' },
      },
      { type: 'EXPRESS' },
    );

    const answered = await bench.room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN, input: '0' });

    expect(answered).toMatchObject({ status: 'SUCCEEDED', output: '6400' });
  });
});

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
describe('An Express machine', () => {
  it('starts one execution for each request, whatever its name', async () => {
    const bench = await openBench({ Call: task('f') }, { type: 'EXPRESS', fake: () => answer(1) });
    const body = { stateMachineArn: MACHINE_ARN, name: 'n' };

    const first = await bench.room.handle('StartExecution', body);
    const second = await bench.room.handle('StartExecution', body);
    await bench.clock.advance(0);

    expect(first).toEqual({ executionArn: expect.stringContaining(`${PREFIX}n:`), startDate: START_MS / 1000 });
    expect(second.executionArn).not.toBe(first.executionArn);
    expect(bench.calls).toHaveLength(2);
  });

  it('writes nothing, and its executions are lost with the process', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS), type: 'EXPRESS' as const };
    const states = { Wait: { Type: 'Wait', Seconds: 5, Next: 'Call' }, Call: task('f') };
    const before = await openBench(states, shared);
    await before.start();
    await before.room.close();

    const after = await openBench(states, shared);
    await after.room.resume();
    await after.clock.advance(60_000);

    expect([shared.store.writes, before.calls, after.calls]).toEqual([0, [], []]);
  });

  it.each(['DescribeExecution', 'GetExecutionHistory', 'StopExecution', 'RedriveExecution'])(
    'has no executions for %s',
    async (operation) => {
      const bench = await openBench(wait, { type: 'EXPRESS' });
      const executionArn = await bench.start();

      await expect(bench.room.handle(operation, { executionArn })).rejects.toMatchObject({
        code: 'InvalidArn',
        message: "Invalid Arn: 'Resource type not valid in this context: express'",
      });
    },
  );

  it('lists no executions', async () => {
    const { room } = await openBench(wait, { type: 'EXPRESS' });

    await expect(room.handle('ListExecutions', { stateMachineArn: MACHINE_ARN })).rejects.toMatchObject({
      code: 'StateMachineTypeNotSupported',
    });
  });

  it('is told from a Standard one', async () => {
    const { room } = await openBench(wait, { type: 'EXPRESS' });

    expect(await room.handle('DescribeStateMachine', { stateMachineArn: MACHINE_ARN })).toMatchObject({
      type: 'EXPRESS',
    });
    expect(await room.handle('ListStateMachines', {})).toMatchObject({ stateMachines: [{ type: 'EXPRESS' }] });
  });
});
