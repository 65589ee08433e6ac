import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { confirmOrder } from '../../../../functions/orders/handlers/confirm-order';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('ConfirmOrder', { orderId: ORDER_ID });

describe('confirming an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('takes it from PENDING to CONFIRMED, unless it was given up', async () => {
    expect(await confirmOrder(openTable(), clock)(COMMAND)).toEqual({});

    expect(dynamodb.inputs()).toMatchObject([
      {
        Key: { orderId: ORDER_ID },
        ConditionExpression: '#status IN (:from0) AND attribute_not_exists(abandonedAt)',
        ExpressionAttributeValues: { ':from0': 'PENDING', ':to': 'CONFIRMED', ':now': NOW },
      },
    ]);
  });

  test('changes nothing when it is confirmed already', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'CONFIRMED' }));

    expect(await confirmOrder(openTable(), clock)(COMMAND)).toEqual({});
  });

  test.each([
    ['it was given up', { status: 'PENDING', abandonedAt: NOW }],
    ['it was rejected', { status: 'REJECTED' }],
    ['it needs attention', { status: 'NEEDS_ATTENTION' }],
  ])('is refused when %s', async (_, row) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, ...row }));

    await expect(confirmOrder(openTable(), clock)(COMMAND)).rejects.toMatchObject({ name: 'StepUndoneError' });
  });
});
