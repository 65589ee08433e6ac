import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Cancellation, ProviderUnavailableError } from '../../../../functions/payments/domain';
import { refundPayment } from '../../../../functions/payments/handlers/refund-payment';
import type { Provider } from '../../../../functions/payments/provider';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('RefundPayment', {
  orderId: ORDER_ID,
  customerId: 'alice',
  amountCents: 2400,
  currency: 'EUR',
});

const REFUNDED: Cancellation = { outcome: 'refunded', refundedCents: 2400 };

function aProvider(cancellation: Cancellation | Error = REFUNDED): jest.Mocked<Provider> {
  return {
    charge: jest.fn(),
    cancel: jest.fn(async (_: string) => {
      if (cancellation instanceof Error) throw cancellation;
      return cancellation;
    }),
  };
}

describe('refunding a payment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('stops the charge first, from any state, in one write', async () => {
    await refundPayment(openTable(), aProvider(), clock)(COMMAND);

    const first = dynamodb.inputs()[0];
    expect(first).toMatchObject({
      Key: { orderId: ORDER_ID },
      ConditionExpression: '#status IN (:from0, :from1, :from2)',
      ExpressionAttributeValues: {
        ':from0': 'INTENT',
        ':from1': 'CAPTURED',
        ':from2': 'DECLINED',
        ':cancelling': 'CANCELLING',
        ':now': NOW,
      },
    });
    expect(first?.UpdateExpression).toContain('cancelledFrom = #status');
  });

  test('voids a payment that was never begun, and does not ask the provider', async () => {
    dynamodb.on(UpdateCommand).rejectsOnce(refusedBy()).resolves({});
    const provider = aProvider();

    expect(await refundPayment(openTable(), provider, clock)(COMMAND)).toEqual({});

    expect(provider.cancel).not.toHaveBeenCalled();
    expect(dynamodb.inputs()[1]).toMatchObject({
      Key: { orderId: ORDER_ID },
      ConditionExpression: 'attribute_not_exists(orderId)',
      ExpressionAttributeValues: {
        ':status': 'VOIDED',
        ':cancelledFrom': 'INTENT',
        ':customerId': 'alice',
        ':amountCents': 2400,
        ':refundedCents': 0,
        ':currency': 'EUR',
        ':updatedAt': NOW,
      },
    });
  });

  test('asks the provider when the charge begins in the same moment', async () => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy())
      .rejectsOnce(refusedBy({ orderId: ORDER_ID, status: 'INTENT' }))
      .resolves({});
    const provider = aProvider();

    await refundPayment(openTable(), provider, clock)(COMMAND);

    expect(provider.cancel).toHaveBeenCalledTimes(1);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(4);
  });

  test('writes down what the provider gave back', async () => {
    const provider = aProvider();

    const result = await refundPayment(openTable(), provider, clock)(COMMAND);

    expect(result).toEqual({});
    expect(provider.cancel).toHaveBeenCalledWith(ORDER_ID);
    expect(dynamodb.inputs()[1]).toMatchObject({
      UpdateExpression: expect.stringContaining('#refundedCents = :refundedCents'),
      ConditionExpression: '#status IN (:from0)',
      ExpressionAttributeValues: { ':from0': 'CANCELLING', ':to': 'REFUNDED', ':refundedCents': 2400 },
    });
  });

  test('voids a payment of which nothing was charged', async () => {
    await refundPayment(openTable(), aProvider({ outcome: 'blocked', refundedCents: 0 }), clock)(COMMAND);

    expect(dynamodb.inputs()[1]).toMatchObject({ ExpressionAttributeValues: { ':to': 'VOIDED', ':refundedCents': 0 } });
  });

  test('asks the provider again when an earlier undo did not come to its end', async () => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy({ orderId: ORDER_ID, status: 'CANCELLING' }))
      .resolves({});
    const provider = aProvider();

    await refundPayment(openTable(), provider, clock)(COMMAND);

    expect(provider.cancel).toHaveBeenCalledTimes(1);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(2);
  });

  test.each(['REFUNDED', 'VOIDED'])('changes nothing when it is %s already', async (status) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));
    const provider = aProvider();

    expect(await refundPayment(openTable(), provider, clock)(COMMAND)).toEqual({});
    expect(provider.cancel).not.toHaveBeenCalled();
  });

  test('fails, to be repeated, when the provider does not answer', async () => {
    const provider = aProvider(new ProviderUnavailableError('silence'));

    await expect(refundPayment(openTable(), provider, clock)(COMMAND)).rejects.toMatchObject({ retryable: true });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test('succeeds when a parallel undo has written the same', async () => {
    dynamodb
      .on(UpdateCommand)
      .resolvesOnce({})
      .rejects(refusedBy({ orderId: ORDER_ID, status: 'REFUNDED' }));

    expect(await refundPayment(openTable(), aProvider(), clock)(COMMAND)).toEqual({});
  });

  test('fails loudly when the books say something else than the provider', async () => {
    dynamodb
      .on(UpdateCommand)
      .resolvesOnce({})
      .rejects(refusedBy({ orderId: ORDER_ID, status: 'VOIDED' }));

    const refunded = refundPayment(openTable(), aProvider(), clock)(COMMAND);

    await expect(refunded).rejects.toThrow(`the payment of ${ORDER_ID} is VOIDED and cannot become REFUNDED`);
  });
});
