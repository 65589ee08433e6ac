import '../../../support/environment';
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { listOrders } from '../../../../functions/orders/handlers/list-orders';
import { encodeCursor } from '../../../../lib/http/cursor';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable } from '../../../support/mock-table';
import { anOrder } from '../an-order';

const TABLE = 'holdfast-test-table';
const keyOf = (orderId: string) => ({ orderId, customerId: 'alice', createdAt: NOW });

describe('listing orders', () => {
  const dynamodb = mockTable();
  beforeEach(() => {
    dynamodb.reset();
    // No pauses between the tries.
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => jest.restoreAllMocks());

  test("answers the caller's own, in the order of the index, newest first", async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [keyOf('new'), keyOf('old')] });
    dynamodb.on(BatchGetCommand).resolves({
      Responses: { [TABLE]: [anOrder({ orderId: 'old' }), anOrder({ orderId: 'new' })] },
    });

    const answer = await listOrders(openTable())(aRequest({}));

    expect(answer).toMatchObject({ status: 200, body: { items: [{ orderId: 'new' }, { orderId: 'old' }] } });
    expect(answer.body).not.toHaveProperty('nextCursor');
    expect(dynamodb.inputs()[0]).toMatchObject({
      IndexName: 'byCustomer',
      ExpressionAttributeValues: { ':group': 'alice' },
      ScanIndexForward: false,
      Limit: 26,
    });
  });

  test('goes on from the cursor of the page before', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: ['1', '2', '3', '4'].map(keyOf) });
    dynamodb.on(BatchGetCommand).resolves({
      Responses: { [TABLE]: ['1', '2', '3'].map((orderId) => anOrder({ orderId })) },
    });
    const cursor = encodeCursor({ orderId: 'before', createdAt: NOW });

    const answer = await listOrders(openTable())(aRequest({ query: { limit: 3, cursor } }));

    expect(dynamodb.inputs()[0]).toMatchObject({ Limit: 4, ExclusiveStartKey: keyOf('before') });
    expect(answer.body).toMatchObject({
      items: [{ orderId: '1' }, { orderId: '2' }, { orderId: '3' }],
      nextCursor: encodeCursor({ orderId: '3', createdAt: NOW }),
    });
  });

  test("never goes on in somebody else's orders, whatever the cursor says", async () => {
    const cursor = encodeCursor({ orderId: 'x', createdAt: NOW, customerId: 'bob' });

    const asked = listOrders(openTable())(aRequest({ query: { cursor } }));

    await expect(asked).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  test('asks for no order when there is none', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [] });

    expect(await listOrders(openTable())(aRequest({}))).toEqual({ status: 200, body: { items: [] } });
    expect(dynamodb.commandCalls(BatchGetCommand)).toHaveLength(0);
  });

  test('asks again for orders that DynamoDB did not get to, and fails rather than leaving them out', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [keyOf('a')] });
    dynamodb.on(BatchGetCommand).resolves({ UnprocessedKeys: { [TABLE]: { Keys: [{ orderId: 'a' }] } } });

    await expect(listOrders(openTable())(aRequest({}))).rejects.toThrow('1 of 1 items could not be read');
  });
});
