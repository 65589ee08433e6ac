import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getAddress } from '../../../../functions/orders/handlers/get-address';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { ORDER_ID } from '../../../support/a-command';
import { mockTable } from '../../../support/mock-table';
import { anOrder, SHIP_TO } from '../an-order';

describe('the address of an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('is what the order was placed with', async () => {
    dynamodb.on(GetCommand).resolves({ Item: anOrder() });

    expect(await getAddress(openTable())({ orderId: ORDER_ID })).toEqual(SHIP_TO);
    expect(dynamodb.inputs()).toEqual([
      { TableName: 'holdfast-test-table', Key: { orderId: ORDER_ID }, ConsistentRead: true },
    ]);
  });

  test('is not there for an order that is not', async () => {
    dynamodb.on(GetCommand).resolves({});

    await expect(getAddress(openTable())({ orderId: ORDER_ID })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
