import '../../support/environment';
import type { Cancellation } from '../../../functions/payments/domain';
import { chargePayment } from '../../../functions/payments/handlers/charge-payment';
import { refundPayment } from '../../../functions/payments/handlers/refund-payment';
import type { Provider } from '../../../functions/payments/provider';
import { findPayment } from '../../../functions/payments/store';
import { listEmitted } from '../../../lib/events/outbox';
import { aCommand, clock, NOW, ORDER_ID } from '../../support/a-command';
import { admitted } from '../../support/fake-party';
import { openRoomTable, type RoomTable } from '../../support/room-table';

const COMMAND = aCommand('RefundPayment', {
  orderId: ORDER_ID,
  customerId: 'alice',
  amountCents: 2400,
  currency: 'EUR',
});

const aProvider = (cancellation: Cancellation = { outcome: 'refunded', refundedCents: 2400 }): Provider => ({
  charge: async () => 'captured',
  cancel: async () => cancellation,
});

describe('the event of a refund', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'orderId' });
    const tokens = (async () => ({ token: 'tok_ok' })) as never;
    await chargePayment(room.table, tokens, admitted(aProvider()), clock)({ ...COMMAND, step: 'ChargePayment' });
  });
  afterEach(() => room.close());

  /** What the relay finds in the stream when the undo is carried out. */
  const emittedBy = async (provider: Provider) => {
    const before = await findPayment(room.table, ORDER_ID);
    await refundPayment(room.table, provider, clock)(COMMAND);
    return listEmitted(before, await findPayment(room.table, ORDER_ID));
  };

  test('is told in the write that notes what was given back, once', async () => {
    expect(await emittedBy(aProvider())).toEqual([
      {
        type: 'payment.refunded',
        version: 1,
        sequence: 1,
        occurredAt: NOW,
        correlationId: ORDER_ID,
        causationId: `${ORDER_ID}/RefundPayment`,
        data: { orderId: ORDER_ID, customerId: 'alice', refundedCents: 2400, currency: 'EUR' },
      },
    ]);
    expect(await emittedBy(aProvider())).toEqual([]);
  });

  test('is not told where nothing was charged', async () => {
    expect(await emittedBy(aProvider({ outcome: 'blocked', refundedCents: 0 }))).toEqual([]);
  });

  test('is told with what the provider gave back, whatever was asked for', async () => {
    expect(await emittedBy(aProvider({ outcome: 'refunded', refundedCents: 2000 }))).toMatchObject([
      { data: { refundedCents: 2000 } },
    ]);
  });
});
