import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import {
  DeadlineExceededError,
  IllegalStateError,
  InvalidCommandError,
  RetryLaterError,
  StepUndoneError,
} from '../../../lib/errors/saga-errors';
import { readMachine, tasksOf } from '../saga/asl-meaning';
import { toSaga } from '../saga/made-up-saga';

const row = { timeoutSeconds: 10, refusals: 0, hasUndo: true, reads: [], undoReads: [] };

describe('what is worth a repeat', () => {
  it('says when, and keeps the circuit that refused it as the cause', () => {
    const cause = new CircuitOpenError('bank-teller', 'open', 1500);

    const error = new RetryLaterError('Pay', cause);

    expect(error).toMatchObject({
      name: 'RetryLaterError',
      code: 'RETRY_LATER',
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      message: 'Pay is worth a repeat: the circuit bank-teller is open (open), retry after 1500 ms',
      cause,
    });
  });

  it('is repeated by a state machine, as no retrier that repeats nothing names it', () => {
    const { name } = new RetryLaterError('Pay', new CircuitOpenError('bank-teller', 'open', 1500));
    const retriers = tasksOf(readMachine(toSaga({ before: [row], after: [row] }))).flatMap(
      ([, { Retry = [] }]) => Retry,
    );

    expect(retriers.filter(({ ErrorEquals, MaxAttempts }) => MaxAttempts === 0 && ErrorEquals.includes(name))).toEqual(
      [],
    );
  });
});

describe('an error of a command', () => {
  it.each([
    [
      new DeadlineExceededError('Pay', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'),
      'DEADLINE_EXCEEDED',
      409,
      'Pay must be carried out by 2026-01-01T00:00:00.000Z, it is 2026-01-01T00:00:01.000Z',
    ],
    [
      new StepUndoneError('Pay', 'ord_1'),
      'STEP_UNDONE',
      409,
      'Pay of ord_1 has been undone and cannot be done any more',
    ],
    [
      new InvalidCommandError('Pay', 'sagaId is required'),
      'INVALID_COMMAND',
      400,
      'the command Pay is not valid: sagaId is required',
    ],
    [new IllegalStateError('ord_1 is FOO and cannot be paid'), 'ILLEGAL_STATE', 409, 'ord_1 is FOO and cannot be paid'],
  ])('%s says what was refused and why', (error, code, status, message) => {
    expect(error).toMatchObject({ code, status, message, retryable: false });
  });

  it.each([DeadlineExceededError, StepUndoneError, InvalidCommandError, IllegalStateError])(
    '%p is never repeated by a state machine, which knows it by its name',
    (ErrorClass) => {
      const { name } = new ErrorClass('a', 'b', 'c');

      const firstRetriers = tasksOf(readMachine(toSaga({ before: [row], after: [row] }))).map(
        ([, { Retry }]) => Retry?.[0],
      );

      for (const retrier of firstRetriers) {
        expect(retrier).toEqual({ ErrorEquals: expect.arrayContaining([name]), MaxAttempts: 0 });
      }
    },
  );
});
