import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getShipment } from '../../../../functions/shipping/handlers/get-shipment';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { NOW, ORDER_ID } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable } from '../../../support/mock-table';

const ROW = { orderId: ORDER_ID, customerId: 'alice', status: 'BOOKED', trackingNumber: 'SBX1', updatedAt: NOW };

describe('getting a shipment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('answers the shipment to its owner', async () => {
    dynamodb.on(GetCommand, { Key: { orderId: ORDER_ID } }).resolves({ Item: ROW });

    const answer = await getShipment(openTable())(aRequest({ path: { orderId: ORDER_ID } }));

    const { customerId: _, ...shown } = ROW;
    expect(answer).toEqual({ status: 200, body: shown });
  });

  test.each([
    ["somebody else's shipment", ROW],
    ['a shipment that does not exist yet', undefined],
  ])('does not find %s', async (_, item) => {
    dynamodb.on(GetCommand).resolves({ Item: item });

    const asked = getShipment(openTable())(aRequest({ path: { orderId: ORDER_ID }, customerId: 'mallory' }));

    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
