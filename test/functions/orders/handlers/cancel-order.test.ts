import '../../../support/environment';
import type { OrderRow } from '../../../../functions/orders/domain';
import { cancelOrder } from '../../../../functions/orders/handlers/cancel-order';
import type { CallService } from '../../../../lib/mesh/aws-lambda-call';
import { clock, NOW, ORDER_ID } from '../../../support/a-command';
import { SHOWN } from '../an-order';
import { type OrdersTable, openOrdersTable } from '../orders-table';

const CONFIRMED = { status: 'CONFIRMED', confirmedAt: NOW } as const;
const request = (customerId = 'alice') =>
  ({ path: { orderId: ORDER_ID }, customerId }) as Parameters<ReturnType<typeof cancelOrder>>[0];
const carrierSays = (handedOver: boolean | 'unknown') =>
  jest.fn(async () => ({ handedOver })) as unknown as CallService;

describe('cancelling an order', () => {
  let orders: OrdersTable;
  beforeEach(async () => {
    orders = await openOrdersTable();
    jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(async () => {
    await orders.close();
    jest.restoreAllMocks();
  });
  const cancel = (call: CallService, customerId?: string) =>
    cancelOrder(orders.table, call, clock)(request(customerId));

  test('marks one that is pending, for its saga to undo it, and asks nobody', async () => {
    await orders.put();
    const call = carrierSays(false);

    expect(await cancel(call)).toEqual({ status: 202, body: SHOWN });

    expect(await orders.find()).toMatchObject({ status: 'PENDING', cancelRequestedAt: NOW });
    expect(call).not.toHaveBeenCalled();
  });

  test.each([false, 'unknown'] as const)('begins with one that is confirmed when hand-over is %s', async (answer) => {
    await orders.put(CONFIRMED);

    expect(await cancel(carrierSays(answer))).toEqual({ status: 202, body: { ...SHOWN, status: 'CONFIRMED' } });

    expect(await orders.find()).toMatchObject({ status: 'CANCELLING', cancelRequestedAt: NOW });
  });

  test('begins when the carrier cannot be asked: the saga will ask it', async () => {
    await orders.put(CONFIRMED);

    const answer = await cancel(() => Promise.reject(new Error('shipping is down')));

    expect(answer.status).toBe(202);
    expect(await orders.find()).toMatchObject({ status: 'CANCELLING' });
  });

  test.each<[string, Partial<OrderRow>]>([
    ['is pending and was taken back', { cancelRequestedAt: NOW }],
    ['is being cancelled', { ...CONFIRMED, status: 'CANCELLING', cancelRequestedAt: NOW }],
    ['is cancelled', { ...CONFIRMED, status: 'CANCELLED', cancelRequestedAt: NOW }],
    ['is parked on the way', { status: 'NEEDS_ATTENTION', cancelRequestedAt: NOW }],
  ])('answers the same again when it %s', async (_, row) => {
    await orders.put(row);
    const unchanged = await orders.find();

    expect((await cancel(carrierSays(false))).status).toBe(202);

    expect(await orders.find()).toEqual(unchanged);
  });

  test.each<[string, Partial<OrderRow>, boolean]>([
    ['it is REJECTED', { status: 'REJECTED' }, false],
    ['it is NEEDS_ATTENTION', { status: 'NEEDS_ATTENTION' }, false],
    ['the carrier has the parcel', CONFIRMED, true],
    ['the carrier has the parcel', { ...CONFIRMED, handedOverAt: NOW }, false],
  ])('is refused when %s', async (why, row, handedOver) => {
    await orders.put(row);
    const unchanged = await orders.find();

    await expect(cancel(carrierSays(handedOver))).rejects.toMatchObject({
      status: 409,
      code: 'ORDER_NOT_CANCELLABLE',
      message: `order ${ORDER_ID} cannot be cancelled any more: ${why}`,
    });

    expect(await orders.find()).toEqual(unchanged);
  });

  test.each([
    ['somebody else', true],
    ['nobody', false],
  ])('finds no order that belongs to %s', async (_, isThere) => {
    if (isThere) await orders.put();

    await expect(cancel(carrierSays(false), 'bob')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('that is confirmed while it is being marked takes back the confirmed one', async () => {
    await orders.put();
    let isFirst = true;
    const table = orders.tableOf(async (call) => {
      const answer = await call();
      if (isFirst) await orders.put(CONFIRMED);
      isFirst = false;
      return answer;
    });

    const answer = await cancelOrder(table, carrierSays(false), clock)(request());

    expect(answer).toMatchObject({ status: 202, body: { status: 'CONFIRMED' } });
    expect(await orders.find()).toMatchObject({ status: 'CANCELLING' });
  });
});
