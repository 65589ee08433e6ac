import { type ExecutionEvent, hasEnded, toExecution } from './execution';

const events = (...types: string[]): ExecutionEvent[] => types.map((type, index) => ({ type, at: 1_000 + index * 30 }));
const step = ['TaskStateEntered', 'TaskScheduled', 'TaskSucceeded', 'TaskStateExited'];

describe('an execution on the bill', () => {
  it('has a transition for each state that it entered, and one for the start', () => {
    const { transitions } = toExecution(
      events('ExecutionStarted', ...step, 'ChoiceStateEntered', 'ChoiceStateExited', ...step, 'ExecutionSucceeded'),
    );

    expect(transitions).toBe(4);
  });

  it('has one more for each retry', () => {
    const failing = ['TaskStateEntered', 'TaskScheduled', 'TaskFailed', 'TaskScheduled', 'TaskFailed', 'TaskScheduled'];

    expect(toExecution(events('ExecutionStarted', ...failing, 'ExecutionFailed')).transitions).toBe(4);
  });

  it.each([
    [0, 0.1],
    [100, 0.1],
    [101, 0.2],
    [1_950, 2],
  ])('that took %d ms is billed for %d s of 64 MB', (durationMs, seconds) => {
    const { gbSeconds } = toExecution([
      { type: 'ExecutionStarted', at: 5_000 },
      { type: 'ExecutionSucceeded', at: 5_000 + durationMs },
    ]);

    expect(gbSeconds).toBeCloseTo(seconds * 0.0625, 10);
  });

  it.each([
    [['ExecutionStarted', 'TaskStateEntered'], false],
    [[], false],
    [['ExecutionStarted', 'ExecutionSucceeded'], true],
    [['ExecutionStarted', 'ExecutionFailed'], true],
    [['ExecutionStarted', 'ExecutionAborted'], true],
    [['ExecutionStarted', 'ExecutionTimedOut'], true],
  ])('of the events %j has ended: %s', (types, ended) => {
    expect(hasEnded(events(...types))).toBe(ended);
  });
});
