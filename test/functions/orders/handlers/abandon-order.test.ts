import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { abandonOrder } from '../../../../functions/orders/handlers/abandon-order';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('AbandonOrder', { orderId: ORDER_ID });

describe('settling a confirmation whose reply was lost', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('gives up one that has not happened, so that it never will', async () => {
    expect(await abandonOrder(openTable(), clock)(COMMAND)).toEqual({ outcome: 'abandoned' });

    expect(dynamodb.inputs()).toMatchObject([
      {
        UpdateExpression: 'SET abandonedAt = if_not_exists(abandonedAt, :now)',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeValues: { ':now': NOW, ':pending': 'PENDING' },
      },
    ]);
  });

  test('finds one that has happened', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'CONFIRMED' }));

    expect(await abandonOrder(openTable(), clock)(COMMAND)).toEqual({ outcome: 'happened' });
  });

  test.each(['REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'])(
    'has nothing to give up of an order that is %s',
    async (status) => {
      dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));

      expect(await abandonOrder(openTable(), clock)(COMMAND)).toEqual({ outcome: 'abandoned' });
    },
  );
});
