import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Carrier } from '../../../../functions/shipping/carrier';
import { type CancellationOutcome, CarrierUnavailableError } from '../../../../functions/shipping/domain';
import { cancelShipment } from '../../../../functions/shipping/handlers/cancel-shipment';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('CancelShipment', { orderId: ORDER_ID, customerId: 'alice' });

function aCarrier(outcome: CancellationOutcome | Error = 'cancelled'): jest.Mocked<Carrier> {
  return {
    book: jest.fn(),
    cancel: jest.fn(async (_: string) => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
    findHandover: jest.fn(),
  };
}

describe('cancelling a shipment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('stops the booking first, from any state, then cancels, then writes that it is cancelled', async () => {
    const carrier = aCarrier();

    const result = await cancelShipment(openTable(), carrier, clock)(COMMAND);

    expect(result).toEqual({});
    expect(carrier.cancel).toHaveBeenCalledWith(ORDER_ID);
    expect(dynamodb.inputs()).toMatchObject([
      {
        ConditionExpression: '#status IN (:from0, :from1, :from2) AND attribute_not_exists(handedOver)',
        ExpressionAttributeValues: {
          ':from0': 'INTENT',
          ':from1': 'BOOKED',
          ':from2': 'REFUSED',
          ':cancelling': 'CANCELLING',
          ':now': NOW,
        },
      },
      {
        ConditionExpression: '#status IN (:from0)',
        ExpressionAttributeValues: { ':from0': 'CANCELLING', ':to': 'CANCELLED', ':now': NOW },
      },
    ]);
  });

  test('leaves the end of the undo where no booking was begun, and does not ask the carrier', async () => {
    dynamodb.on(UpdateCommand).rejectsOnce(refusedBy()).resolves({});
    const carrier = aCarrier();

    expect(await cancelShipment(openTable(), carrier, clock)(COMMAND)).toEqual({});

    expect(carrier.cancel).not.toHaveBeenCalled();
    expect(dynamodb.inputs()[1]).toMatchObject({
      ConditionExpression: 'attribute_not_exists(orderId)',
      ExpressionAttributeValues: { ':status': 'CANCELLED', ':customerId': 'alice', ':updatedAt': NOW },
    });
  });

  test('fails for good when the parcel was handed over, which stays booked', async () => {
    const cancelled = cancelShipment(openTable(), aCarrier('handed over'), clock)(COMMAND);

    await expect(cancelled).rejects.toMatchObject({ name: 'ParcelHandedOverError', retryable: false });
    expect(dynamodb.inputs()[1]).toMatchObject({
      ConditionExpression: '#status IN (:from0)',
      ExpressionAttributeValues: { ':from0': 'CANCELLING', ':to': 'BOOKED', ':handedOver': true },
    });
  });

  test('fails in the same way when it is repeated after that, and does not ask the carrier again', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'BOOKED', handedOver: true }));
    const carrier = aCarrier();

    const cancelled = cancelShipment(openTable(), carrier, clock)(COMMAND);

    await expect(cancelled).rejects.toMatchObject({ name: 'ParcelHandedOverError' });
    expect(carrier.cancel).not.toHaveBeenCalled();
  });

  test('asks the carrier again when an earlier undo did not come to its end', async () => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy({ orderId: ORDER_ID, status: 'CANCELLING' }))
      .resolves({});
    const carrier = aCarrier();

    await cancelShipment(openTable(), carrier, clock)(COMMAND);

    expect(carrier.cancel).toHaveBeenCalledTimes(1);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(2);
  });

  test('changes nothing when it is cancelled already', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'CANCELLED' }));
    const carrier = aCarrier();

    expect(await cancelShipment(openTable(), carrier, clock)(COMMAND)).toEqual({});
    expect(carrier.cancel).not.toHaveBeenCalled();
  });

  test('fails, to be repeated, when the carrier does not answer', async () => {
    const carrier = aCarrier(new CarrierUnavailableError('silence'));

    await expect(cancelShipment(openTable(), carrier, clock)(COMMAND)).rejects.toMatchObject({ retryable: true });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test('succeeds when a parallel undo has written the same', async () => {
    dynamodb
      .on(UpdateCommand)
      .resolvesOnce({})
      .rejects(refusedBy({ orderId: ORDER_ID, status: 'CANCELLED' }));

    expect(await cancelShipment(openTable(), aCarrier(), clock)(COMMAND)).toEqual({});
  });

  test('fails loudly when the record has vanished', async () => {
    dynamodb.on(UpdateCommand).resolvesOnce({}).rejects(refusedBy());

    const cancelled = cancelShipment(openTable(), aCarrier(), clock)(COMMAND);

    await expect(cancelled).rejects.toThrow(`the shipment of ${ORDER_ID} is not there and cannot become CANCELLED`);
  });
});
