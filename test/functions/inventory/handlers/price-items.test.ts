import '../../../support/environment';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { priceItems } from '../../../../functions/inventory/handlers/price-items';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { mockTable } from '../../../support/mock-table';

const TABLE = 'holdfast-test-table';
const MUG = { sku: 'MUG-01', unitPriceCents: 1200, currency: 'EUR' };
const TEA = { sku: 'TEA-01', unitPriceCents: 300, currency: 'EUR' };

describe('pricing items', () => {
  const dynamodb = mockTable();
  beforeEach(() => {
    dynamodb.reset();
    // No pauses between the tries.
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => jest.restoreAllMocks());

  test('answers the prices of those that are known', async () => {
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [MUG] } });

    const answer = await priceItems(openTable())({ skus: ['MUG-01', 'NONE'] });

    expect(answer).toEqual({ prices: [MUG] });
  });

  test('asks for each SKU once', async () => {
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [MUG] } });

    await priceItems(openTable())({ skus: ['MUG-01', 'MUG-01'] });

    expect(dynamodb.inputs()).toMatchObject([{ RequestItems: { [TABLE]: { Keys: [{ sku: 'MUG-01' }] } } }]);
  });

  test('asks again for what DynamoDB did not get to', async () => {
    dynamodb
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { [TABLE]: [MUG] },
        UnprocessedKeys: { [TABLE]: { Keys: [{ sku: 'TEA-01' }] } },
      })
      .resolves({ Responses: { [TABLE]: [TEA] } });

    expect(await priceItems(openTable())({ skus: ['MUG-01', 'TEA-01'] })).toEqual({ prices: [MUG, TEA] });
  });

  test('fails rather than leaving prices out', async () => {
    const nothing = { Responses: {}, UnprocessedKeys: { [TABLE]: { Keys: [{ sku: 'MUG-01' }] } } };
    dynamodb.on(BatchGetCommand).resolves(nothing);

    const priced = priceItems(openTable())({ skus: ['MUG-01'] });

    await expect(priced).rejects.toThrow('1 of 1 items could not be read');
  });
});
