import '../../../support/environment';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { putStockItem } from '../../../../functions/inventory/handlers/put-stock-item';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable, refusedBy } from '../../../support/mock-table';

const BODY = { name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 10 };
const REQUEST = aRequest({ path: { sku: 'MUG-01' }, body: BODY });
const ROW = { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', updatedAt: NOW };

describe('putting a stock item', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('makes a new one, of which everything is available', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy());

    const answer = await putStockItem(openTable(), clock)(REQUEST);

    expect(answer).toEqual({ status: 201, body: { ...ROW, onHand: 10, available: 10, reserved: 0 } });
    expect(dynamodb.inputs()[1]).toMatchObject({
      Item: { ...ROW, available: 10, reserved: 0, pending: {}, released: {} },
      ConditionExpression: 'attribute_not_exists(sku)',
    });
  });

  test('changes one that is there, and keeps what is reserved', async () => {
    dynamodb.on(UpdateCommand).resolves({ Attributes: { ...ROW, available: 7, reserved: 3, pending: { ord_1: 3 } } });

    const answer = await putStockItem(openTable(), clock)(REQUEST);

    expect(answer).toEqual({ status: 200, body: { ...ROW, onHand: 10, available: 7, reserved: 3 } });
    expect(dynamodb.inputs()).toMatchObject([
      {
        UpdateExpression: expect.stringContaining('available = :onHand - reserved'),
        ConditionExpression: 'attribute_exists(sku) AND reserved <= :onHand',
      },
    ]);
  });

  test('refuses to count fewer pieces than are reserved', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ sku: 'MUG-01', reserved: 11 }));

    const put = putStockItem(openTable(), clock)(REQUEST);

    await expect(put).rejects.toMatchObject({ status: 409, code: 'ON_HAND_BELOW_RESERVED' });
  });

  test('changes the one that somebody else makes in between', async () => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy())
      .resolves({ Attributes: { ...ROW, available: 10, reserved: 0 } });
    dynamodb.on(PutCommand).rejects(refusedBy());

    expect(await putStockItem(openTable(), clock)(REQUEST)).toMatchObject({ status: 200 });
  });
});
