import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getPayment } from '../../../../functions/payments/handlers/get-payment';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { NOW, ORDER_ID } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable } from '../../../support/mock-table';

const ROW = {
  orderId: ORDER_ID,
  customerId: 'alice',
  status: 'CAPTURED',
  amountCents: 2400,
  refundedCents: 0,
  currency: 'EUR',
  updatedAt: NOW,
  providerKey: 'key',
};

describe('getting a payment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('answers the payment to its owner', async () => {
    dynamodb.on(GetCommand, { Key: { orderId: ORDER_ID } }).resolves({ Item: ROW });

    const answer = await getPayment(openTable())(aRequest({ path: { orderId: ORDER_ID } }));

    const { customerId: _, providerKey: __, ...shown } = ROW;
    expect(answer).toEqual({ status: 200, body: shown });
  });

  test.each([
    ["somebody else's payment", ROW],
    ['a payment that does not exist yet', undefined],
  ])('does not find %s', async (_, item) => {
    dynamodb.on(GetCommand).resolves({ Item: item });

    const asked = getPayment(openTable())(aRequest({ path: { orderId: ORDER_ID }, customerId: 'mallory' }));

    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
