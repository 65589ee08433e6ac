import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getOrder } from '../../../../functions/orders/handlers/get-order';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { ORDER_ID } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable } from '../../../support/mock-table';
import { anOrder, SHOWN } from '../an-order';

describe('getting an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('answers the order to its owner', async () => {
    dynamodb.on(GetCommand, { Key: { orderId: ORDER_ID } }).resolves({ Item: anOrder() });

    const answer = await getOrder(openTable())(aRequest({ path: { orderId: ORDER_ID } }));

    expect(answer).toEqual({ status: 200, body: SHOWN });
  });

  test.each([
    ["somebody else's order", anOrder()],
    ['an order that does not exist', undefined],
  ])('does not find %s', async (_, item) => {
    dynamodb.on(GetCommand).resolves({ Item: item });

    const asked = getOrder(openTable())(aRequest({ path: { orderId: ORDER_ID }, customerId: 'mallory' }));

    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
