import '../../../support/environment';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ProviderUnavailableError } from '../../../../functions/payments/domain';
import { chargePayment } from '../../../../functions/payments/handlers/charge-payment';
import type { Charge, ChargeOutcome, Provider } from '../../../../functions/payments/provider';
import { ServiceUnavailableError } from '../../../../lib/errors/request-errors';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { answering } from '../../../support/answering';
import { admitted, CIRCUIT_OPEN, refused } from '../../../support/fake-party';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('ChargePayment', {
  orderId: ORDER_ID,
  customerId: 'alice',
  amountCents: 2400,
  currency: 'EUR',
});

function aProvider(outcome: ChargeOutcome | Error): jest.Mocked<Provider> {
  return {
    charge: jest.fn(async (_: Charge) => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
    cancel: jest.fn(),
  };
}

describe('charging a payment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('asks the orders for the token, and charges nothing when it cannot be had', async () => {
    const provider = aProvider('captured');
    const orders = answering(new ServiceUnavailableError('orders'));

    await expect(chargePayment(openTable(), orders, admitted(provider), clock)(COMMAND)).rejects.toThrow('orders');

    expect(orders.asked()).toEqual([['orders/get-payment-token', { orderId: ORDER_ID }]]);
    expect(provider.charge).not.toHaveBeenCalled();
  });

  test('writes the intent, charges with the key of the command, writes what was captured', async () => {
    const provider = aProvider('captured');

    const result = await chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(provider),
      clock,
    )(COMMAND);

    expect(result).toEqual({});
    expect(provider.charge).toHaveBeenCalledWith({
      reference: ORDER_ID,
      orderId: ORDER_ID,
      amountCents: 2400,
      currency: 'EUR',
      token: 'tok_secret',
      idempotencyKey: `${ORDER_ID}/ChargePayment`,
    });
    expect(dynamodb.inputs()).toEqual([
      {
        TableName: 'holdfast-test-table',
        Item: {
          orderId: ORDER_ID,
          customerId: 'alice',
          status: 'INTENT',
          amountCents: 2400,
          refundedCents: 0,
          currency: 'EUR',
          updatedAt: NOW,
          providerKey: `${ORDER_ID}/ChargePayment`,
        },
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      {
        TableName: 'holdfast-test-table',
        Key: { orderId: ORDER_ID },
        UpdateExpression: 'SET #status = :to, updatedAt = :now',
        ConditionExpression: '#status IN (:from0)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':from0': 'INTENT', ':to': 'CAPTURED', ':now': NOW },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  test('never stores the token', async () => {
    await chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(aProvider('captured')),
      clock,
    )(COMMAND);

    expect(JSON.stringify(dynamodb.inputs())).not.toContain('tok_secret');
  });

  test('writes down that it was declined, and says so', async () => {
    const charged = chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(aProvider('declined')),
      clock,
    )(COMMAND);

    await expect(charged).rejects.toMatchObject({ name: 'PaymentDeclinedError', message: 'the payment was declined' });
    expect(dynamodb.inputs()[1]).toMatchObject({
      ExpressionAttributeValues: { ':from0': 'INTENT', ':to': 'DECLINED' },
    });
  });

  test('leaves the intent as it is when the outcome is unknown', async () => {
    const charged = chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(aProvider(new ProviderUnavailableError('silence'))),
      clock,
    )(COMMAND);

    await expect(charged).rejects.toThrow(ProviderUnavailableError);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test('goes on after a repeat finds the intent of the attempt before', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'INTENT' }));
    const provider = aProvider('captured');

    await chargePayment(openTable(), answering({ token: 'tok_secret' }), admitted(provider), clock)(COMMAND);

    expect(provider.charge).toHaveBeenCalledTimes(1);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test.each([
    ['CAPTURED', undefined],
    ['DECLINED', 'PaymentDeclinedError'],
    ['CANCELLING', 'StepUndoneError'],
    ['REFUNDED', 'StepUndoneError'],
    ['VOIDED', 'StepUndoneError'],
  ])('does not ask the provider again when the payment is %s', async (status, error) => {
    dynamodb.on(PutCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));
    const provider = aProvider('captured');

    const ended = await chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(provider),
      clock,
    )(COMMAND).catch(({ name }: Error) => ({ name }));

    expect(ended).toEqual(error === undefined ? {} : { name: error });
    expect(provider.charge).not.toHaveBeenCalled();
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test.each(['CANCELLING', 'REFUNDED', 'VOIDED'])('is undone when an undo has made it %s meanwhile', async (status) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));

    const charged = chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(aProvider('captured')),
      clock,
    )(COMMAND);

    await expect(charged).rejects.toMatchObject({ name: 'StepUndoneError' });
  });

  test('takes the same answer of a parallel attempt for its own', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'CAPTURED' }));

    expect(
      await chargePayment(
        openTable(),
        answering({ token: 'tok_secret' }),
        admitted(aProvider('captured')),
        clock,
      )(COMMAND),
    ).toEqual({});
  });

  test('is undone when the provider has cancelled the reference', async () => {
    const charged = chargePayment(
      openTable(),
      answering({ token: 'tok_secret' }),
      admitted(aProvider('undone')),
      clock,
    )(COMMAND);

    await expect(charged).rejects.toMatchObject({ name: 'StepUndoneError' });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test('lets an error of the table through, for the saga to try again', async () => {
    dynamodb.on(PutCommand).rejects(new Error('throttled'));

    await expect(
      chargePayment(openTable(), answering({ token: 'tok_secret' }), admitted(aProvider('captured')), clock)(COMMAND),
    ).rejects.toThrow('throttled');
  });

  test('leaves no record when the provider is not called at the moment', async () => {
    const refusal = chargePayment(openTable(), answering({ token: 'tok_secret' }), refused, clock)(COMMAND);

    await expect(refusal).rejects.toBe(CIRCUIT_OPEN);
    expect(dynamodb.inputs()).toEqual([]);
  });

  test('has all that it sends before it asks for leave, and does nothing under it but write the intent', async () => {
    const provider = aProvider('captured');
    const orders = answering({ token: 'tok_secret' });
    const done = () => [...orders.asked().map(([name]) => name), ...dynamodb.inputs().map(() => 'write')];
    const seen: unknown[] = [];
    const admit: typeof refused = async (work) => {
      seen.push(done());
      return work(provider as never);
    };
    provider.charge.mockImplementation(async () => {
      seen.push(done());
      return 'captured';
    });

    await chargePayment(openTable(), orders, admit, clock)(COMMAND);

    expect(seen).toEqual([['orders/get-payment-token'], ['orders/get-payment-token', 'write']]);
  });
});
