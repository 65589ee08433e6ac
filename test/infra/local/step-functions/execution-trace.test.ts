import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { PARENT, ROOT, TRACE_HEADER, TRACE_ID } from '../recorded-spans';
import { answer, MACHINE_ARN, openBench, START_MS } from './bench';

const call = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } };
const twoTasks = {
  Reserve: { ...call, Next: 'Pause' },
  Pause: { Type: 'Wait', Seconds: 10, Next: 'Charge' },
  Charge: { ...call, End: true },
};
const failing = { payload: '{"errorType":"No"}', functionError: 'Unhandled' };

describe('the trace of an execution', () => {
  it('has the execution below what started it, its tasks below that, and each function below its task', async () => {
    const { room, clock, spans, callers, describe } = await openBench(twoTasks, { isTraced: true });

    const request = { stateMachineArn: MACHINE_ARN, name: 'run', traceHeader: TRACE_HEADER };
    const { executionArn } = await room.handle('StartExecution', request);
    await clock.advance(10_000);

    const [reserve, charge, execution] = spans;
    const own = { service: 'step-functions', traceId: TRACE_ID, status: 'ok' };
    expect(execution).toMatchObject({ ...own, name: 'machine', kind: 'server', parentId: PARENT, startedAt: START_MS });
    expect(execution).toMatchObject({ annotations: { execution: 'run' }, endedAt: START_MS + 10_000 });
    expect(reserve).toMatchObject({ ...own, name: 'Reserve', kind: 'internal', parentId: execution?.spanId });
    expect(charge).toMatchObject({ ...own, name: 'Charge', parentId: execution?.spanId, startedAt: START_MS + 10_000 });
    expect(callers.map(({ traceHeader }) => traceHeader)).toEqual(
      [reserve, charge].map((task) => `${ROOT};Parent=${task?.spanId};Sampled=1`),
    );
    expect(await describe(executionArn as string)).toMatchObject({ traceHeader: TRACE_HEADER });
  });

  it('is that of the request rather than the one in its body', async () => {
    const { room, clock, spans } = await openBench(twoTasks, { isTraced: true });
    const request = { stateMachineArn: MACHINE_ARN, traceHeader: 'Root=1-00000001-000000000000000000000001' };

    await room.handle('StartExecution', request, { traceHeader: TRACE_HEADER });
    await clock.advance(10_000);

    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
  });

  it('begins with the execution when nothing came before', async () => {
    const { run, spans, describe, start } = await openBench(twoTasks, { isTraced: true });

    await run({}, 10_000);

    const [reserve, , execution] = spans;
    expect(execution).not.toHaveProperty('parentId');
    expect(execution?.traceId).toMatch(new RegExp(`^${(START_MS / 1000).toString(16)}[0-9a-f]{24}$`));
    expect(reserve?.traceId).toBe(execution?.traceId);
    expect(await describe(await start())).not.toHaveProperty('traceHeader');
  });

  it('is the same after a restart, down to the span of the execution', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS), isTraced: true };
    const before = await openBench(twoTasks, shared);
    await before.start();
    await before.room.close();

    const after = await openBench(twoTasks, shared);
    await after.room.resume();
    await after.clock.advance(10_000);

    const [reserve] = before.spans;
    const [charge, execution] = after.spans;
    expect([reserve?.traceId, reserve?.parentId]).toEqual([execution?.traceId, execution?.spanId]);
    expect(charge?.parentId).toBe(execution?.spanId);
    expect(execution?.startedAt).toBe(START_MS);
  });

  it('tells what failed from what was caught', async () => {
    const states = {
      Try: { ...call, Catch: [{ ErrorEquals: ['No'], Next: 'Fail' }], End: true },
      Fail: { Type: 'Fail' },
    };
    const { run, spans } = await openBench(states, { isTraced: true, fake: () => failing });

    await run();

    expect(spans.map(({ name, status }) => [name, status])).toEqual([
      ['Try', 'ok'],
      ['machine', 'fault'],
    ]);
  });

  it('has a task once, however often it is tried', async () => {
    const Retry = [{ ErrorEquals: ['No'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const fake = (_: unknown, calls: number) => (calls === 1 ? failing : answer(null));
    const { run, spans, callers } = await openBench({ Try: { ...call, Retry, End: true } }, { isTraced: true, fake });

    await run({}, 1_000);

    expect(spans.map(({ name }) => name)).toEqual(['Try', 'machine']);
    expect(new Set(callers.map(({ traceHeader }) => traceHeader)).size).toBe(1);
  });

  it('is none for a machine without tracing', async () => {
    const { run, spans, callers } = await openBench(twoTasks);

    await run({}, 10_000);

    expect(spans).toEqual([]);
    expect(callers.every((caller) => !('traceHeader' in caller))).toBe(true);
  });

  it('has a header of at most 256 characters', async () => {
    const { room } = await openBench(twoTasks);
    const request = { stateMachineArn: MACHINE_ARN, traceHeader: 'x'.repeat(257) };

    await expect(room.handle('StartExecution', request)).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
