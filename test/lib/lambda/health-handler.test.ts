import '../../support/environment';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { inventory } from '../../../functions/inventory/contract';
import { orders } from '../../../functions/orders/contract';
import { healthHandler } from '../../../lib/lambda/health-handler';
import { mockTable } from '../../support/mock-table';

const table = mockTable();

beforeEach(() => {
  table.reset();
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => jest.restoreAllMocks());

describe('the health of a service', () => {
  it('is good when its own table answers, with or without an item', async () => {
    table.on(GetCommand).resolves({});

    await expect(healthHandler(inventory)({}, {} as Context)).resolves.toEqual({});
    expect(table.inputs()).toEqual([{ TableName: 'holdfast-test-table', Key: { sku: 'health' } }]);
  });

  it('asks for the whole key of a table with a sort key', async () => {
    table.on(GetCommand).resolves({});
    const sorted = { ...orders, table: { partitionKey: 'book', sortKey: 'reference' } };

    await healthHandler(sorted)({}, {} as Context);

    expect(table.inputs()).toMatchObject([{ Key: { book: 'health', reference: 'health' } }]);
  });

  it('is an error when the table does not answer', async () => {
    table.on(GetCommand).rejects(new Error('throttled'));

    await expect(healthHandler(inventory)({}, {} as Context)).rejects.toThrow('throttled');
  });
});
