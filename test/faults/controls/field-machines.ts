/**
 * State machines written the way published samples of order sagas are. The texts are our own; what they do and leave out is what
 * the samples do and leave out. They are the control of the fault matrix: a harness that finds nothing wrong with these would
 * prove nothing by finding nothing wrong with ours.
 */

type State = Readonly<Record<string, unknown>>;

/** One way in which sagas are published, ready to run on the participants of {@link openNaiveShop}. */
export interface FieldMachine {
  readonly letter: 'A' | 'B' | 'C';
  /** What it does, in a few words for the report. */
  readonly title: string;
  readonly definition: State;
  /**
   * What the samples that are written so came to in a model of them, per million orders, by the probability of a fault per call:
   * the order of magnitude that the run must find.
   */
  readonly modelled: Readonly<Record<string, number>>;
}

const FAILED: State = { Type: 'Fail', Error: 'OrderFailed', Cause: 'an error was caught, what was done is undone' };
const HALF_UNDONE: State = { Type: 'Fail', Error: 'CompensationFailed', Cause: 'an undo failed' };
const DONE: State = { Type: 'Succeed', Output: { outcome: 'confirmed' } };

/** Common in samples: every error is repeated alike. */
const fiveRetries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 5 }];
const threeRetries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 }];

function task(name: string, payload: State, rest: State): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      Payload: { step: name, orderId: '{% $states.context.Execution.Input.orderId %}', ...payload },
    },
    ...rest,
  };
}

const onAnyError = (next: string) => [{ ErrorEquals: ['States.ALL'], Next: next }];
const keep = (variable: string) => ({ [variable]: '{% $states.result.Payload.id %}' });

/** An undo is made for what has completed: a step that fails is taken for one that has done nothing. */
function undoesCompletedSteps(retry: State): State {
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'ReserveStock',
    States: {
      ReserveStock: task('ReserveStock', {}, { ...retry, Catch: onAnyError('OrderFailed'), Next: 'ChargePayment' }),
      ChargePayment: task(
        'ChargePayment',
        {},
        { ...retry, Assign: keep('charge'), Catch: onAnyError('ReleaseStock'), Next: 'CreateShipment' },
      ),
      CreateShipment: task(
        'CreateShipment',
        {},
        { ...retry, Catch: onAnyError('RefundPayment'), Next: 'OrderConfirmed' },
      ),
      RefundPayment: task(
        'RefundPayment',
        { id: '{% $charge %}' },
        { ...retry, Catch: onAnyError('CompensationFailed'), Next: 'ReleaseStock' },
      ),
      ReleaseStock: task(
        'ReleaseStock',
        {},
        { ...retry, Catch: onAnyError('CompensationFailed'), Next: 'OrderFailed' },
      ),
      OrderConfirmed: DONE,
      OrderFailed: FAILED,
      CompensationFailed: HALF_UNDONE,
    },
  };
}

/** The failed step is undone as well, but by the id in its result, which after a lost reply there is not: nothing is found to undo. */
function undoesByResult(): State {
  const step = (name: string, next: string, undo: string) =>
    task(name, {}, { Assign: keep(`${name}Id`), Catch: onAnyError(undo), Next: next });
  const undo = (name: string, step: string, next: string) =>
    task(name, { id: `{% $exists($${step}Id) ? $${step}Id : '' %}` }, { Retry: threeRetries, Next: next });
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'ReserveStock',
    States: {
      ReserveStock: step('ReserveStock', 'ChargePayment', 'CancelReservation'),
      ChargePayment: step('ChargePayment', 'CreateShipment', 'RefundPayment'),
      CreateShipment: step('CreateShipment', 'OrderConfirmed', 'CancelShipment'),
      CancelShipment: undo('CancelShipment', 'CreateShipment', 'RefundPayment'),
      RefundPayment: undo('RefundPayment', 'ChargePayment', 'CancelReservation'),
      CancelReservation: undo('CancelReservation', 'ReserveStock', 'OrderFailed'),
      OrderConfirmed: DONE,
      OrderFailed: FAILED,
    },
  };
}

/** The variants, as the report names them. */
export const fieldMachines: readonly FieldMachine[] = [
  {
    letter: 'A',
    title: 'undoes completed steps only, no keys, stops at a failed undo',
    definition: undoesCompletedSteps({}),
    modelled: { '0.001': 1535, '0.01': 14_650, '0.05': 73_990 },
  },
  {
    letter: 'B',
    title: "undoes by the id in the step's result",
    definition: undoesByResult(),
    modelled: { '0.001': 1525, '0.01': 14_675, '0.05': 70_335 },
  },
  {
    letter: 'C',
    title: 'as A, each call retried five times without an idempotency key',
    definition: undoesCompletedSteps({ Retry: fiveRetries }),
    modelled: { '0.001': 1005, '0.01': 9765, '0.05': 50_225 },
  },
];
