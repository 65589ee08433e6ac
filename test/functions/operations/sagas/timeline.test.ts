import { toTimeline } from '../../../../functions/operations/sagas/timeline';
import { placeOrder } from '../../../../functions/orders/place-order.saga';
import { aHistory, aTask, second } from './a-history';

const timeline = (...told: Parameters<typeof aHistory>) => toTimeline(placeOrder, aHistory(...told));

describe('the timeline of an execution', () => {
  it('has each step with its attempts, its begin and its end', () => {
    expect(
      timeline(['ExecutionStarted'], ...aTask('ReserveStock', 'ok'), ...aTask('ChargePayment', 'Broken', 'ok')),
    ).toEqual([
      {
        name: 'ReserveStock',
        kind: 'step',
        status: 'succeeded',
        attempts: 1,
        startedAt: second(2),
        endedAt: second(6),
      },
      {
        name: 'ChargePayment',
        kind: 'step',
        status: 'succeeded',
        attempts: 2,
        startedAt: second(7),
        endedAt: second(14),
      },
    ]);
  });

  it.each([
    ['refused', 'the business says no', ['PaymentDeclinedError']],
    ['refused', 'the business says no after an outage', ['Broken', 'PaymentDeclinedError']],
    ['failed', 'the repeats are used up', ['Broken', 'Broken']],
    ['failed', 'it is told not to go on', ['StepUndoneError']],
    ['failed', 'another step could have been refused so', ['AddressRefusedError']],
  ])('calls a step %s when %s', (status, _, attempts) => {
    expect(timeline(...aTask('ChargePayment', ...attempts))).toMatchObject([
      { status, attempts: attempts.length, error: attempts.at(-1) },
    ]);
  });

  it('knows the refusals of each step', () => {
    expect(
      timeline(...aTask('ReserveStock', 'UnknownSkuError'), ...aTask('CreateShipment', 'AddressRefusedError')),
    ).toMatchObject([{ status: 'refused' }, { status: 'refused' }]);
  });

  it('calls a step failed when the log does not say by which error', () => {
    const [entry] = timeline(
      ['TaskStateEntered', { name: 'ChargePayment' }],
      ['TaskScheduled'],
      ['TaskTimedOut'],
      ['TaskStateExited'],
    );

    expect(entry).toMatchObject({ status: 'failed', attempts: 1 });
    expect(entry).not.toHaveProperty('error');
  });

  it.each([
    'TaskFailed',
    'TaskTimedOut',
    'TaskStartFailed',
    'TaskSubmitFailed',
    'LambdaFunctionFailed',
    'LambdaFunctionTimedOut',
    'LambdaFunctionScheduleFailed',
    'LambdaFunctionStartFailed',
    'EvaluationFailed',
  ] as const)('knows a failure by %s', (type) => {
    expect(
      timeline(
        ['TaskStateEntered', { name: 'ChargePayment' }],
        ['LambdaFunctionScheduled'],
        [type, { error: 'Broken' }],
        ['TaskStateExited'],
      ),
    ).toMatchObject([{ status: 'failed', attempts: 1, error: 'Broken' }]);
  });

  it('tells undos and the settlement of the pivot from steps and endings', () => {
    const names = ['ReserveStock', 'ConfirmOrder', 'AbandonOrder', 'CancelShipment', 'ReleaseStock', 'RejectOrder'];

    const entries = timeline(...names.flatMap((name) => aTask(name, 'ok')));

    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['ReserveStock', 'step'],
      ['ConfirmOrder', 'step'],
      ['AbandonOrder', 'undo'],
      ['CancelShipment', 'undo'],
      ['ReleaseStock', 'undo'],
      ['RejectOrder', 'step'],
    ]);
  });

  it('shows a step that is under way, with the error that it is repeated for', () => {
    const told = aTask('ChargePayment', 'Broken').slice(0, -1);

    const [waiting] = timeline(...told);
    const [again] = timeline(...told, ['TaskScheduled'], ['TaskStarted']);

    expect([waiting, again]).toEqual([
      {
        name: 'ChargePayment',
        kind: 'step',
        status: 'running',
        attempts: 1,
        error: 'Broken',
        startedAt: second(1),
      },
      {
        name: 'ChargePayment',
        kind: 'step',
        status: 'running',
        attempts: 2,
        error: 'Broken',
        startedAt: second(1),
      },
    ]);
  });

  it.each(['ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted'] as const)(
    'shows the step in the middle of which the execution ended (%s) as failed',
    (type) => {
      expect(
        timeline(
          ['TaskStateEntered', { name: 'RefundPayment' }],
          ['TaskScheduled'],
          [type, { error: 'States.Runtime' }],
        ),
      ).toMatchObject([{ status: 'failed', attempts: 1, error: 'States.Runtime', endedAt: second(3) }]);
    },
  );

  it('leaves what has ended before the execution as it was', () => {
    const told = aTask('ReserveStock', 'ok');

    expect(timeline(...told, ['FailStateEntered', { name: 'Parked' }], ['ExecutionFailed'])).toEqual(timeline(...told));
  });

  it('goes on with the step that a redrive goes on with', () => {
    const cutShort = [
      ['TaskStateEntered', { name: 'RefundPayment' }],
      ['TaskScheduled'],
      ['ExecutionFailed', { error: 'States.Runtime' }],
      ['ExecutionRedriven'],
      ['TaskScheduled'],
    ] as const;

    expect(timeline(...cutShort)).toMatchObject([{ status: 'running', attempts: 2 }]);
    expect(timeline(...cutShort)[0]).not.toHaveProperty('endedAt');
    expect(timeline(...cutShort, ['TaskSucceeded'], ['TaskStateExited'])).toEqual([
      {
        name: 'RefundPayment',
        kind: 'undo',
        status: 'succeeded',
        attempts: 2,
        startedAt: second(1),
        endedAt: second(7),
      },
    ]);
  });

  it('takes a state as left when the next one is entered, if the log lacks it', () => {
    const [first] = timeline(...aTask('ReserveStock', 'ok').slice(0, -1), ['ChoiceStateEntered', { name: 'Any' }]);

    expect(first).toMatchObject({ status: 'succeeded', endedAt: second(5) });
  });

  it('gives no attempts of a state whose entering the log lacks to another', () => {
    expect(timeline(...aTask('ReserveStock', 'ok'), ...aTask('ChargePayment', 'Broken').slice(1))).toEqual(
      timeline(...aTask('ReserveStock', 'ok')),
    );
  });

  it('is empty without events', () => {
    expect(timeline()).toEqual([]);
  });
});
