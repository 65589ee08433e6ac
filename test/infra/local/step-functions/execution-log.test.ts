import type { LoggingConfiguration } from '../../../../infra/local/step-functions/step-functions';
import { memoryStore } from '../../../support/memory-store';
import { answer, type BenchOptions, failure, MACHINE_ARN, openBench, ROLE, START_MS, task } from './bench';

const GROUP = 'arn:aws:logs:eu-central-1:111111111111:log-group:/aws/vendedlogs/states/machine:*';
const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: GROUP } }];
const all: LoggingConfiguration = { level: 'ALL', includeExecutionData: true, destinations };

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
describe('The log of an execution', () => {
  it('has a document for each event, in the shape that AWS writes', async () => {
    const bench = await openBench({ Done: { Type: 'Succeed', Output: { b: 2 } } }, { logging: all });
    const arn = await bench.start({ a: 1 });

    const common = { logGroupArn: GROUP, event_timestamp: String(START_MS), execution_arn: arn, redrive_count: '0' };
    const whole = { truncated: false };
    expect(bench.logs).toEqual([
      {
        ...common,
        id: '1',
        type: 'ExecutionStarted',
        previous_event_id: '0',
        details: { input: '{"a":1}', inputDetails: whole, roleArn: ROLE },
      },
      {
        ...common,
        id: '2',
        type: 'SucceedStateEntered',
        previous_event_id: '0',
        details: { name: 'Done', input: '{"a":1}', inputDetails: whole },
      },
      {
        ...common,
        id: '3',
        type: 'SucceedStateExited',
        previous_event_id: '2',
        details: { name: 'Done', output: '{"b":2}', outputDetails: whole },
      },
      {
        ...common,
        id: '4',
        type: 'ExecutionSucceeded',
        previous_event_id: '3',
        details: { output: '{"b":2}', outputDetails: whole },
      },
    ]);
  });

  it('leaves out the data of the execution unless told to have it', async () => {
    const logging = { ...all, includeExecutionData: false };
    const bench = await openBench({ Call: task('f', { Assign: { x: 1 } }) }, { logging, fake: () => answer('secret') });
    await bench.start({ a: 'secret' });

    expect(bench.logs).toHaveLength(7);
    expect(JSON.stringify(bench.logs)).not.toMatch(/secret|Details"|"x"/);
    expect(bench.logs.at(-1)).toMatchObject({ type: 'ExecutionSucceeded', details: {} });
  });

  it.each<[LoggingConfiguration['level'], string[]]>([
    ['ERROR', ['TaskFailed', 'FailStateEntered', 'ExecutionFailed']],
    ['FATAL', ['ExecutionFailed']],
    ['OFF', []],
  ])('at the level %s has only %j', async (level, types) => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Fail' }];
    const options: BenchOptions = { logging: { ...all, level }, fake: () => failure('Broken') };
    const bench = await openBench({ Call: task('f', { Catch }), Fail: { Type: 'Fail' } }, options);

    await bench.start();

    expect(bench.logs.map(({ type }) => type)).toEqual(types);
  });

  it('is written for an Express execution too', async () => {
    const bench = await openBench({ Done: { Type: 'Succeed' } }, { type: 'EXPRESS', logging: all });
    const execution_arn = await bench.start();

    expect(bench.logs.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(bench.logs[0]).toMatchObject({ execution_arn });
  });

  it('has nothing that the store does not have', async () => {
    const store = { ...memoryStore(), write: () => new Promise<void>(() => {}) };
    const bench = await openBench({ Done: { Type: 'Succeed' } }, { store, logging: all });

    bench.room.handle('StartExecution', { stateMachineArn: MACHINE_ARN }).catch(() => {});
    await bench.clock.advance(0);

    expect(bench.logs).toEqual([]);
  });

  it('is counted on after a redrive', async () => {
    const bench = await openBench(
      { Call: task('f') },
      { logging: { ...all, level: 'FATAL' }, fake: () => failure('Broken') },
    );
    const executionArn = await bench.start();
    await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(0);

    expect(bench.logs).toMatchObject([{ redrive_count: '0' }, { redrive_count: '1' }]);
  });
});

describe('A state machine that logs', () => {
  it('shows its configuration', async () => {
    const { room } = await openBench({ Done: { Type: 'Succeed' } }, { logging: all });

    const described = await room.handle('DescribeStateMachine', { stateMachineArn: MACHINE_ARN });

    expect(described).toMatchObject({ loggingConfiguration: all });
  });
});
