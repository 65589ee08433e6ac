import '../../../support/environment';
import { startSaga } from '../../../../functions/orders/handlers/start-saga';
import { clock, NOW, ORDER_ID } from '../../../support/a-command';
import { anOrder } from '../an-order';
import { fakeMachines } from '../fake-machines';

const CANCELLING = { status: 'CANCELLING', confirmedAt: NOW, cancelRequestedAt: NOW } as const;

function aWorld(workflow: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const place = fakeMachines(workflow);
  const cancel = fakeMachines(workflow);
  const at = (laterMs: number) =>
    startSaga({ 'place-order': place, 'cancel-order': cancel }, { now: () => clock.now() + laterMs });
  return { place, cancel, at };
}

describe('starting the saga of an order', () => {
  test('names the execution after the order and gives it what the steps need', async () => {
    const { place, at } = aWorld();

    await at(0)({ after: anOrder() });
    await at(0)({ after: anOrder() });

    expect(place.started).toEqual([`main ${ORDER_ID}`]);
    expect(place.inputs).toEqual([
      {
        orderId: ORDER_ID,
        customerId: 'alice',
        lines: [{ sku: 'MUG-01', quantity: 2 }],
        totalCents: 2400,
        currency: 'EUR',
      },
    ]);
  });

  test('starts the cancellation of one that was confirmed', async () => {
    const { place, cancel, at } = aWorld();

    await at(0)({ before: anOrder({ status: 'CONFIRMED', confirmedAt: NOW }), after: anOrder(CANCELLING) });

    expect([place.started, cancel.started]).toEqual([[], [`main ${ORDER_ID}`]]);
  });

  test('fails for a change without an image, rather than passing an order over', async () => {
    const { place, at } = aWorld();

    await expect(at(0)({})).rejects.toThrow('no image');
    expect(place.started).toEqual([]);
  });

  test('fails with the start, so that the record comes again', async () => {
    const { place, at } = aWorld();
    place.failNext('without effect');

    await expect(at(0)({ after: anOrder() })).rejects.toThrow('the reply was lost');
  });

  test.each([
    ['STANDARD', 3_600_000, 1],
    ['EXPRESS', 60_000, 1],
    ['EXPRESS', 60_001, 0],
  ] as const)('%s, %d ms after the order, starts %d executions', async (workflow, laterMs, count) => {
    jest.spyOn(console, 'warn').mockImplementation();
    const { place, cancel, at } = aWorld(workflow);

    await at(laterMs)({ after: anOrder() });
    await at(laterMs)({ after: anOrder({ ...CANCELLING, createdAt: '2020-01-01T00:00:00.000Z' }) });

    expect([place.started.length, cancel.started.length]).toEqual([count, count]);
    jest.restoreAllMocks();
  });
});

describe('the trace of an execution', () => {
  test('is that of the request that made the order', async () => {
    const { place, at } = aWorld();
    const traceId = '5759e988bd862e3fe1be46a994272793';

    await at(0)({ after: anOrder({ traceparent: `00-${traceId}-53995c3f42cd8ad8-01` }) });

    expect(place.traceHeaders).toEqual([
      expect.stringMatching(
        /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1$/,
      ),
    ]);
  });
});
