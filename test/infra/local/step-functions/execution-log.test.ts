import { memoryStore } from '../../../support/memory-store';
import { answer, type BenchOptions, failure, MACHINE_ARN, openBench, ROLE, START_MS, task } from './bench';

const groupArn = 'arn:aws:logs:eu-central-1:111111111111:log-group:/aws/vendedlogs/states/machine:*';
const log = { level: 'ERROR', groupArn } as const;
const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Fail' }];
const states = { Call: task('f', { Catch }), Fail: { Type: 'Fail', Error: 'E', Cause: 'C' } };
const failing: BenchOptions = { log, fake: () => failure('Broken') };

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
describe('The log of an execution', () => {
  it('has a document for each error, in the shape that AWS writes, without the data of the execution', async () => {
    const bench = await openBench(states, failing);
    const arn = await bench.start({ a: 'secret' });

    const common = {
      logGroupArn: groupArn,
      event_timestamp: String(START_MS),
      execution_arn: arn,
      redrive_count: '0',
    };
    expect(bench.logs).toEqual([
      {
        ...common,
        id: '5',
        type: 'TaskFailed',
        previous_event_id: '4',
        details: {
          resourceType: 'lambda',
          resource: 'invoke',
          error: 'Broken',
          cause: '{"errorType":"Broken","errorMessage":"no"}',
        },
      },
      { ...common, id: '7', type: 'FailStateEntered', previous_event_id: '6', details: { name: 'Fail' } },
      {
        ...common,
        id: '8',
        type: 'ExecutionFailed',
        previous_event_id: '7',
        details: { error: 'E', cause: 'C' },
      },
    ]);
  });

  it('has every event of an execution at the level ALL, without what went in and out', async () => {
    const Retry = [{ ErrorEquals: ['Broken'], IntervalSeconds: 1 }];
    const call = task('f', { Retry, Assign: { kept: '{% $states.result.Payload %}' } });
    const fake: BenchOptions['fake'] = (_, count) => (count === 1 ? failure('Broken') : answer('secret'));
    const bench = await openBench({ Call: call }, { type: 'EXPRESS', log: { level: 'ALL', groupArn }, fake });
    const execution_arn = await bench.start({ a: 'secret' });
    await bench.clock.advance(1000);

    const invoke = { resourceType: 'lambda', resource: 'invoke' };
    const cause = '{"errorType":"Broken","errorMessage":"no"}';
    expect(bench.logs.map(({ id, type, details }) => [id, type, details])).toEqual([
      ['1', 'ExecutionStarted', { roleArn: ROLE }],
      ['2', 'TaskStateEntered', { name: 'Call' }],
      ['3', 'TaskScheduled', { ...invoke, region: 'eu-central-1' }],
      ['4', 'TaskStarted', invoke],
      ['5', 'TaskFailed', { ...invoke, error: 'Broken', cause }],
      ['6', 'TaskScheduled', { ...invoke, region: 'eu-central-1' }],
      ['7', 'TaskStarted', invoke],
      ['8', 'TaskSucceeded', invoke],
      ['9', 'TaskStateExited', { name: 'Call' }],
      ['10', 'ExecutionSucceeded', {}],
    ]);
    expect(bench.logs.every((document) => document.execution_arn === execution_arn)).toBe(true);
    expect(JSON.stringify(bench.logs)).not.toContain('secret');
  });

  it.each<[string, Record<string, object>, object, string[]]>([
    ['a timeout of a task', { A: task('f', { TimeoutSeconds: 2 }) }, {}, ['TaskTimedOut', 'ExecutionFailed']],
    [
      'a failed expression',
      { A: { Type: 'Succeed', Output: '{% $x %}' } },
      {},
      ['EvaluationFailed', 'ExecutionFailed'],
    ],
    ['a timeout of the machine', { A: task('f') }, { TimeoutSeconds: 5 }, ['ExecutionTimedOut']],
    ['success', { A: { Type: 'Succeed' } }, {}, []],
  ])('has of %s these events', async (_, someStates, topLevel, types) => {
    const bench = await openBench(someStates, { log, topLevel, fake: () => new Promise(() => {}) });
    await bench.start();
    await bench.clock.advance(5000);

    expect(bench.logs.map(({ type }) => type)).toEqual(types);
  });

  it('has an execution that was stopped', async () => {
    const bench = await openBench({ Wait: { Type: 'Wait', Seconds: 9, End: true } }, { log });
    const executionArn = await bench.start();
    await bench.room.handle('StopExecution', { executionArn });

    expect(bench.logs).toMatchObject([{ type: 'ExecutionAborted' }]);
  });

  it('is not written unless told', async () => {
    const bench = await openBench(states, { fake: () => failure('Broken') });
    await bench.start();

    expect(bench.logs).toEqual([]);
  });

  it('is written for an Express execution too', async () => {
    const bench = await openBench({ Fail: { Type: 'Fail' } }, { type: 'EXPRESS', log });
    const execution_arn = await bench.start();

    expect(bench.logs).toMatchObject([
      { type: 'FailStateEntered', execution_arn },
      { type: 'ExecutionFailed', execution_arn },
    ]);
  });

  it('has nothing that the store does not have', async () => {
    const stored = memoryStore();
    // The write of the start gets there; the one with the events of the failure never does.
    const write: typeof stored.write = (changes) =>
      stored.writes === 0 ? stored.write(changes) : new Promise<void>(() => {});
    const bench = await openBench({ Fail: { Type: 'Fail' } }, { store: { ...stored, write }, log });

    bench.room.handle('StartExecution', { stateMachineArn: MACHINE_ARN }).catch(() => {});
    await bench.clock.advance(0);

    expect(bench.logs).toEqual([]);
  });

  it('is counted on after a redrive', async () => {
    const bench = await openBench({ Call: task('f') }, failing);
    const executionArn = await bench.start();
    await bench.room.handle('RedriveExecution', { executionArn });
    await bench.clock.advance(0);

    const ends = bench.logs.filter(({ type }) => type === 'ExecutionFailed');
    expect(ends).toMatchObject([{ redrive_count: '0' }, { redrive_count: '1' }]);
  });
});
