import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getPaymentToken } from '../../../../functions/orders/handlers/get-payment-token';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { ORDER_ID } from '../../../support/a-command';
import { mockTable } from '../../../support/mock-table';
import { anOrder } from '../an-order';

describe('the payment token of an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('is what the order was placed with', async () => {
    dynamodb.on(GetCommand).resolves({ Item: anOrder() });

    expect(await getPaymentToken(openTable())({ orderId: ORDER_ID })).toEqual({ token: 'tok_ok' });
    expect(dynamodb.inputs()).toEqual([
      { TableName: 'holdfast-test-table', Key: { orderId: ORDER_ID }, ConsistentRead: true },
    ]);
  });

  test('is not there any more once the order has come to an end', async () => {
    const { payment: _, ...ended } = anOrder({ status: 'CONFIRMED' });
    dynamodb.on(GetCommand).resolves({ Item: ended });

    await expect(getPaymentToken(openTable())({ orderId: ORDER_ID })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
