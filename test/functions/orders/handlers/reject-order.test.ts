import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { rejectOrder } from '../../../../functions/orders/handlers/reject-order';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('RejectOrder', {
  orderId: ORDER_ID,
  failure: {
    code: 'PAYMENT_DECLINED' as const,
    step: 'ChargePayment',
    error: 'PaymentDeclinedError',
    cause: '{"errorType":"PaymentDeclinedError","errorMessage":"the payment was declined"}',
  },
});

describe('rejecting an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('keeps why, in words for the customer', async () => {
    expect(await rejectOrder(openTable(), clock)(COMMAND)).toEqual({});

    expect(dynamodb.inputs()).toMatchObject([
      {
        UpdateExpression: 'SET #status = :to, updatedAt = :now, #rejection = :rejection REMOVE #payment',
        ConditionExpression: '#status IN (:from0, :from1)',
        ExpressionAttributeValues: {
          ':from0': 'PENDING',
          ':from1': 'NEEDS_ATTENTION',
          ':to': 'REJECTED',
          ':rejection': { code: 'PAYMENT_DECLINED', step: 'ChargePayment', detail: 'the payment was declined' },
          ':now': NOW,
        },
      },
    ]);
  });

  test('changes nothing when it is rejected already', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'REJECTED' }));

    expect(await rejectOrder(openTable(), clock)(COMMAND)).toEqual({});
  });

  test.each([
    ['CONFIRMED', { orderId: ORDER_ID, status: 'CONFIRMED' }],
    ['not there', undefined],
  ])('fails loudly when the order is %s', async (state, row) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy(row));

    const rejected = rejectOrder(openTable(), clock)(COMMAND);

    await expect(rejected).rejects.toThrow(`order ${ORDER_ID} is ${state} and cannot become REJECTED`);
  });
});
