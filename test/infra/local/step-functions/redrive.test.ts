import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { answer, type Bench, failure, MACHINE_ARN, openBench, START_MS, task } from './bench';

const DAY_MS = 24 * 3600 * 1000;
const saga = {
  Reserve: task('reserve', { Assign: { kept: '{% $states.result.Payload %}' }, Next: 'Charge' }),
  Charge: task('charge', { Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 1 }], Next: 'Show' }),
  Show: { Type: 'Succeed', Output: { kept: '{% $kept %}', context: '{% $states.context.Execution %}' } },
};

/** The second state fails for good the first time, with its one retry used up, and once more after the redrive. */
const failsAtFirst = (_: unknown, call: number) => (call >= 2 && call <= 4 ? failure('Flaky') : answer(`call ${call}`));

async function failed(): Promise<{ bench: Bench; executionArn: string }> {
  const bench = await openBench(saga, { fake: failsAtFirst });
  const executionArn = await bench.start({ id: 1 });
  await bench.clock.advance(1000);
  return { bench, executionArn };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
describe('RedriveExecution', () => {
  it('goes on at the state that failed, with its input, the variables and all retries', async () => {
    const { bench, executionArn } = await failed();
    await bench.clock.advance(5000);

    const redriven = await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(1000);

    const { output, ...described } = await bench.describe(executionArn);
    expect(redriven).toEqual({ redriveDate: START_MS / 1000 + 6 });
    expect(bench.calls.map(({ functionName }) => functionName)).toEqual([
      'reserve',
      'charge',
      'charge',
      'charge',
      'charge',
    ]);
    expect(bench.calls[3]?.payload).toEqual(bench.calls[1]?.payload);
    expect(described).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, redriveDate: START_MS / 1000 + 6 });
    expect(described).not.toHaveProperty('error');
    expect(JSON.parse(output as string)).toMatchObject({
      kept: 'call 1',
      context: { RedriveCount: 1, RedriveTime: new Date(START_MS + 6000).toISOString() },
    });
  });

  it('appends to the history, in which the task is scheduled again', async () => {
    const { bench, executionArn } = await failed();

    await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(0);

    const events = await bench.events(executionArn);
    const at = events.findIndex(({ type }) => type === 'ExecutionRedriven');
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.slice(at - 1, at + 3).map(({ type }) => type)).toEqual([
      'ExecutionFailed',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
    ]);
    expect(events[at]).toMatchObject({ executionRedrivenEventDetails: { redriveCount: 1 } });
  });

  it('enters a state that is no Task again', async () => {
    const bench = await openBench({ Wait: { Type: 'Wait', Seconds: 9, End: true } });
    const executionArn = await bench.start();
    await bench.room.handle('StopExecution', { executionArn });
    await bench.clock.advance(100_000);

    await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(8999);
    const before = await bench.describe(executionArn);
    await bench.clock.advance(1);

    expect(before).toMatchObject({ status: 'RUNNING' });
    expect(before).not.toHaveProperty('stopDate');
    expect(await bench.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await bench.events(executionArn)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
      'ExecutionRedriven',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('sets the time limit of the machine back', async () => {
    const bench = await openBench(
      { Wait: { Type: 'Wait', Seconds: 50, End: true } },
      { topLevel: { TimeoutSeconds: 60 } },
    );
    const executionArn = await bench.start();
    await bench.clock.advance(30_000);
    await bench.room.handle('StopExecution', { executionArn });
    await bench.clock.advance(100_000);

    await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(50_000);

    expect(await bench.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('keeps the definition that the execution was started with, also after a restart', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS) };
    const states = (label: string) => ({
      Call: task('f', { Next: 'End' }),
      End: { Type: 'Succeed', Output: { label } },
    });
    const before = await openBench(states('old'), { ...shared, fake: () => failure('Broken') });
    const executionArn = await before.start();
    await before.room.close();

    const after = await openBench(states('new'), shared);
    await after.room.resume();
    await after.room.handle('RedriveExecution', { executionArn });
    await after.clock.advance(0);

    expect(await after.describe(executionArn)).toMatchObject({ output: '{"label":"old"}', redriveCount: 1 });
  });

  it('may be repeated until the execution succeeds, and survives a restart in between', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS) };
    const states = { Wait: { Type: 'Wait', Seconds: 5, Next: 'Call' }, Call: task('f') };
    const before = await openBench(states, { ...shared, fake: () => failure('Broken') });
    const executionArn = await before.start();
    await before.clock.advance(5000);
    await before.room.handle('RedriveExecution', { executionArn });
    await before.clock.advance(0);
    await before.room.handle('RedriveExecution', { executionArn });

    const after = await openBench(states, { ...shared, fake: () => answer('well') });
    await after.room.resume();
    await after.clock.advance(0);

    expect(await after.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
  });

  it.each([
    ['running', 0, 'Execution is RUNNING and cannot be redriven'],
    ['succeeded', 1000, 'Execution is SUCCEEDED and cannot be redriven'],
  ])('is refused while the execution is %s', async (_, ms, reason) => {
    const bench = await openBench({ Wait: { Type: 'Wait', Seconds: 1, End: true } });
    const executionArn = await bench.start();
    await bench.clock.advance(ms);

    const redriven = bench.room.handle('RedriveExecution', { executionArn });

    await expect(redriven).rejects.toMatchObject({ code: 'ExecutionNotRedrivable', message: reason });
    expect(await bench.describe(executionArn)).toMatchObject({
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: reason,
    });
  });

  it('is refused from 14 days after the end', async () => {
    const { bench, executionArn } = await failed();
    await bench.clock.advance(14 * DAY_MS - 1);
    const before = await bench.describe(executionArn);

    await bench.clock.advance(1);

    expect(before).toMatchObject({ redriveStatus: 'REDRIVABLE' });
    await expect(bench.room.handle('RedriveExecution', { executionArn })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
      message: 'Execution redrivable period exceeded',
    });
  });

  it('is refused when the history has no room', async () => {
    const round = { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Out' }], Default: 'Round' };
    const bench = await openBench({ Round: round, Out: { Type: 'Succeed' } });
    const executionArn = await bench.start();

    const redriven = bench.room.handle('RedriveExecution', { executionArn });

    await expect(redriven).rejects.toMatchObject({ message: 'Execution history event limit exceeded' });
  });

  it('is carried out once for one client token within 15 minutes, also when asked at the same time', async () => {
    const { bench, executionArn } = await failed();
    const body = { executionArn, clientToken: 'token-1' };

    const answers = await Promise.all([
      bench.room.handle('RedriveExecution', body),
      bench.room.handle('RedriveExecution', body),
    ]);
    await bench.clock.advance(15 * 60_000 - 1);
    const later = await bench.room.handle('RedriveExecution', body);
    await bench.clock.advance(1);

    expect([answers[1], later]).toEqual([answers[0], answers[0]]);
    expect(bench.calls).toHaveLength(5);
    expect(await bench.describe(executionArn)).toMatchObject({ redriveCount: 1 });
    await expect(bench.room.handle('RedriveExecution', body)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  });

  it('of an unknown execution is refused', async () => {
    const { room } = await openBench(saga);
    const executionArn = 'arn:aws:states:eu-central-1:111111111111:execution:machine:none';

    await expect(room.handle('RedriveExecution', { executionArn })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
  });
});

describe('ListExecutions', () => {
  it('refuses PENDING_REDRIVE, which only the executions of a map run can be', async () => {
    const { room } = await openBench(saga);
    const body = { stateMachineArn: MACHINE_ARN, statusFilter: 'PENDING_REDRIVE' };

    await expect(room.handle('ListExecutions', body)).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
