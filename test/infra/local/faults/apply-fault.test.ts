import { AwsError } from '../../../../infra/local/aws-error';
import type { FaultKind } from '../../../../infra/local/faults/fault';
import { applyFault, type FaultForms, type RunOptions } from '../../../../infra/local/faults/faults';
import { manualClock } from '../../../support/manual-clock';

describe('a call under a fault', () => {
  const clock = manualClock(0);
  let runs: Array<RunOptions | undefined>;

  const run = async (options?: RunOptions) => {
    runs.push(options);
    return `result ${runs.length}`;
  };
  const forms: FaultForms<string> = {
    error: () => new AwsError('Broken', 'broken'),
    throttle: () => new AwsError('Throttled', 'throttled'),
    timeout: async (delayMs) => `timed out after ${delayMs}`,
  };
  const strike = (kind: FaultKind, more = {}) => ({ faultId: 'fault-1', kind, ...more });
  const apply = (kind: FaultKind, more = {}, call: typeof run = run) =>
    applyFault(strike(kind, more), call, forms, clock).catch((error: AwsError) => error.code ?? error.message);

  beforeEach(() => {
    runs = [];
  });

  it('runs once when it is not struck', async () => {
    const result = await applyFault(undefined, run, forms, clock);

    expect([result, runs]).toEqual(['result 1', [undefined]]);
  });

  it.each<[FaultKind, object, outcome: string, runs: number]>([
    ['error-before', {}, 'Broken', 0],
    ['throttle', {}, 'Throttled', 0],
    ['error-after', {}, 'Broken', 1],
    ['timeout-after', { delayMs: 500 }, 'timed out after 500', 1],
    ['timeout-after', {}, 'timed out after undefined', 1],
    ['duplicate', {}, 'result 2', 2],
  ])('of kind %s %j comes to %s after %d runs', async (kind, more, outcome, count) => {
    expect([await apply(kind, more), runs.length]).toEqual([outcome, count]);
  });

  it('runs after the delay, not before', async () => {
    const result = apply('delay', { delayMs: 500 });
    await clock.advance(499);
    const before = runs.length;
    await clock.advance(1);

    expect([before, await result]).toEqual([0, 'result 1']);
  });

  it('tells the run where to crash', async () => {
    await apply('crash', { crashAfterCalls: 2 });

    expect(runs).toEqual([{ crashAfterCalls: 2 }]);
  });

  it.each<[FaultKind, outcome: string]>([
    ['error-after', 'Broken'],
    ['timeout-after', 'timed out after undefined'],
    ['duplicate', 'result 2'],
  ])('of kind %s hides what the service answered to the lost call: %s', async (kind, outcome) => {
    const failsFirst = async () => {
      if ((await run()) === 'result 1') throw new AwsError('ConditionalCheckFailedException', 'no');
      return 'result 2';
    };

    expect(await apply(kind, {}, failsFirst)).toBe(outcome);
  });

  it('is not delivered a second time before the first time has ended', async () => {
    const events: string[] = [];
    const slow = async () => {
      const name = events.length === 0 ? 'first' : 'second';
      events.push(`${name} begins`);
      await Promise.resolve();
      events.push(`${name} ends`);
      return name;
    };

    await apply('duplicate', {}, slow);

    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('hides no defect of the local cloud', async () => {
    const broken = async () => {
      throw new TypeError('a defect');
    };

    expect(await apply('error-after', {}, broken)).toBe('a defect');
  });
});
