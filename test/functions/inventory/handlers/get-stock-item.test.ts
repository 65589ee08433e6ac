import '../../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { getStockItem } from '../../../../functions/inventory/handlers/get-stock-item';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable } from '../../../support/mock-table';

const REQUEST = aRequest({ path: { sku: 'MUG-01' } });

describe('getting a stock item', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('answers the counts, not for whom they are reserved', async () => {
    const row = { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', updatedAt: NOW };
    const counts = { available: 7, reserved: 3, pending: { ord_1: 3 }, released: {} };
    dynamodb.on(GetCommand, { Key: { sku: 'MUG-01' } }).resolves({ Item: { ...row, ...counts } });

    const answer = await getStockItem(openTable())(REQUEST);

    expect(answer).toEqual({ status: 200, body: { ...row, onHand: 10, available: 7, reserved: 3 } });
  });

  test('does not find what is not there', async () => {
    dynamodb.on(GetCommand).resolves({});

    await expect(getStockItem(openTable())(REQUEST)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});
