import '../../support/environment';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { cancelEntry } from '../../../functions/sandbox/store';
import { openTable } from '../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../support/a-command';
import { mockTable, refusedBy } from '../../support/mock-table';

const CHARGED = { book: 'charges', reference: 'ord_1', orderId: 'ord_1', status: 'CAPTURED', amountCents: 2400 };

describe('cancelling a charge in the books', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());
  const cancel = () => cancelEntry(openTable(), 'charges', 'ord_1', clock.now());

  test('blocks a reference that is not there, and leaves one that is', async () => {
    const entry = await cancel();

    expect(entry).toMatchObject({ status: 'BLOCKED' });
    expect(dynamodb.inputs()).toMatchObject([
      {
        Item: { book: 'charges', reference: 'ord_1', orderId: 'ord_1', status: 'BLOCKED', updatedAt: NOW },
        ConditionExpression: 'attribute_not_exists(book)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  test('refunds what was charged, once and not while there is a fault', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(CHARGED));

    const entry = await cancel();

    expect(entry).toEqual({ ...CHARGED, status: 'REFUNDED', updatedAt: NOW });
    expect(dynamodb.inputs()[1]).toMatchObject({
      ConditionExpression: '#status = :done AND attribute_not_exists(refundFault) AND attribute_not_exists(handedOver)',
      ExpressionAttributeValues: { ':done': 'CAPTURED', ':undone': 'REFUNDED' },
    });
  });

  test.each(['REFUNDED', 'BLOCKED'])('changes nothing when it is %s already', async (status) => {
    dynamodb.on(PutCommand).rejects(refusedBy({ ...CHARGED, status }));

    expect(await cancel()).toEqual({ ...CHARGED, status });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test('takes the refund of one who is faster for its own', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(CHARGED));
    dynamodb.on(UpdateCommand).rejects(refusedBy({ ...CHARGED, status: 'REFUNDED', updatedAt: 'earlier' }));

    expect(await cancel()).toEqual({ ...CHARGED, status: 'REFUNDED', updatedAt: 'earlier' });
  });

  test('fails while the charge has a refund fault', async () => {
    const faulty = { ...CHARGED, refundFault: true };
    dynamodb.on(PutCommand).rejects(refusedBy(faulty));
    dynamodb.on(UpdateCommand).rejects(refusedBy(faulty));

    await expect(cancel()).rejects.toMatchObject({ status: 409, code: 'REFUND_REFUSED' });
  });
});
