import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { deadlineMiddleware, getDeadline } from '../../../../lib/resilience/middy/deadline-middleware';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const clock = { now: () => NOW };
const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;

interface Command {
  readonly notAfter?: string;
}

/** A handler that answers what is left of its deadline. */
function handler() {
  const answer = async (_: Command, invocation: Context) => getDeadline(invocation).remainingMs(NOW);
  return middy(answer, { timeoutEarlyInMillis: 0 }).use(
    deadlineMiddleware<Command>({ findNotAfter: ({ notAfter }) => notAfter, marginMs: 1_000 }, clock),
  );
}

describe('the deadline of an invocation', () => {
  it('is found by its context: what the function has left, less the margin', async () => {
    await expect(handler()({}, context(10_000))).resolves.toBe(9_000);
  });

  it('is that of the command where it ends first', async () => {
    await expect(handler()({ notAfter: '2026-03-01T12:00:03.000Z' }, context(10_000))).resolves.toBe(3_000);
  });

  it('is its own in each invocation', async () => {
    const invoke = handler();

    await expect(Promise.all([invoke({}, context(10_000)), invoke({}, context(5_000))])).resolves.toEqual([
      9_000, 4_000,
    ]);
  });

  it.each([
    ['the function', {}, 1_000],
    ['the command', { notAfter: '2026-03-01T11:59:59.000Z' }, 10_000],
    ['a command that cannot be read', { notAfter: 'soon' }, 10_000],
  ])('keeps the handler from being called when no time is left of %s', async (_, event, remainingMs) => {
    const work = jest.fn();
    const invoke = middy(work, { timeoutEarlyInMillis: 0 }).use(
      deadlineMiddleware<Command>({ findNotAfter: ({ notAfter }) => notAfter, marginMs: 1_000 }, clock),
    );

    await expect(invoke(event, context(remainingMs))).rejects.toMatchObject({ name: 'DeadlineError' });
    expect(work).not.toHaveBeenCalled();
  });

  it('never comes where the handler is called by hand, without a context', async () => {
    await expect(handler()({}, {} as Context)).resolves.toBe(Number.POSITIVE_INFINITY);
  });

  it('is not made up for a handler that has none', () => {
    expect(() => getDeadline(context(10_000))).toThrow('its handler needs the deadlineMiddleware');
  });
});
