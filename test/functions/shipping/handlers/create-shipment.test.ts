import '../../../support/environment';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Booking, Carrier } from '../../../../functions/shipping/carrier';
import { type BookingOutcome, CarrierUnavailableError } from '../../../../functions/shipping/domain';
import { createShipment } from '../../../../functions/shipping/handlers/create-shipment';
import { ServiceUnavailableError } from '../../../../lib/errors/request-errors';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { answering } from '../../../support/answering';
import { admitted, CIRCUIT_OPEN, refused } from '../../../support/fake-party';
import { mockTable, refusedBy } from '../../../support/mock-table';

const ADDRESS = { name: 'Ada Secret', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' };
const COMMAND = aCommand('CreateShipment', { orderId: ORDER_ID, customerId: 'alice' });
const BOOKED: BookingOutcome = { outcome: 'booked', trackingNumber: 'SBX1' };

function aCarrier(outcome: BookingOutcome | Error = BOOKED): jest.Mocked<Carrier> {
  return {
    book: jest.fn(async (_: Booking) => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
    cancel: jest.fn(),
    findHandover: jest.fn(),
  };
}

describe('creating a shipment', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('writes the intent, books with the key of the command, writes the tracking number', async () => {
    const carrier = aCarrier();

    const result = await createShipment(openTable(), answering(ADDRESS), admitted(carrier), clock)(COMMAND);

    expect(result).toEqual({});
    expect(carrier.book).toHaveBeenCalledWith({
      reference: ORDER_ID,
      orderId: ORDER_ID,
      address: ADDRESS,
      idempotencyKey: `${ORDER_ID}/CreateShipment`,
    });
    expect(dynamodb.inputs()).toEqual([
      {
        TableName: 'holdfast-test-table',
        Item: {
          orderId: ORDER_ID,
          customerId: 'alice',
          status: 'INTENT',
          updatedAt: NOW,
          carrierKey: `${ORDER_ID}/CreateShipment`,
        },
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      {
        TableName: 'holdfast-test-table',
        Key: { orderId: ORDER_ID },
        UpdateExpression: 'SET #status = :to, updatedAt = :now, #trackingNumber = :trackingNumber',
        ConditionExpression: '#status IN (:from0)',
        ExpressionAttributeNames: { '#status': 'status', '#trackingNumber': 'trackingNumber' },
        ExpressionAttributeValues: { ':from0': 'INTENT', ':to': 'BOOKED', ':now': NOW, ':trackingNumber': 'SBX1' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  test('asks the orders for the address, and books nothing when it cannot be had', async () => {
    const carrier = aCarrier();
    const orders = answering(new ServiceUnavailableError('orders'));

    await expect(createShipment(openTable(), orders, admitted(carrier), clock)(COMMAND)).rejects.toThrow('orders');

    expect(orders.asked()).toEqual([['orders/get-address', { orderId: ORDER_ID }]]);
    expect(carrier.book).not.toHaveBeenCalled();
  });

  test('never stores the address', async () => {
    await createShipment(openTable(), answering(ADDRESS), admitted(aCarrier()), clock)(COMMAND);

    const stored = JSON.stringify(dynamodb.inputs());
    for (const part of Object.values(ADDRESS)) expect(stored).not.toContain(part);
  });

  test('writes down that the address was refused, and says so', async () => {
    const created = createShipment(
      openTable(),
      answering(ADDRESS),
      admitted(aCarrier({ outcome: 'refused' })),
      clock,
    )(COMMAND);

    await expect(created).rejects.toMatchObject({ name: 'AddressRefusedError' });
    expect(dynamodb.inputs()[1]).toMatchObject({ ExpressionAttributeValues: { ':from0': 'INTENT', ':to': 'REFUSED' } });
  });

  test('leaves the intent as it is when the outcome is unknown', async () => {
    const created = createShipment(
      openTable(),
      answering(ADDRESS),
      admitted(aCarrier(new CarrierUnavailableError('silence'))),
      clock,
    )(COMMAND);

    await expect(created).rejects.toThrow(CarrierUnavailableError);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test('goes on after a repeat finds the intent of the attempt before', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'INTENT' }));
    const carrier = aCarrier();

    await createShipment(openTable(), answering(ADDRESS), admitted(carrier), clock)(COMMAND);

    expect(carrier.book).toHaveBeenCalledTimes(1);
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test.each([
    ['BOOKED', undefined],
    ['REFUSED', 'AddressRefusedError'],
    ['CANCELLING', 'StepUndoneError'],
    ['CANCELLED', 'StepUndoneError'],
  ])('does not ask the carrier again when the shipment is %s', async (status, error) => {
    dynamodb.on(PutCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));
    const carrier = aCarrier();

    const ended = await createShipment(
      openTable(),
      answering(ADDRESS),
      admitted(carrier),
      clock,
    )(COMMAND).catch(({ name }: Error) => ({ name }));

    expect(ended).toEqual(error === undefined ? {} : { name: error });
    expect(carrier.book).not.toHaveBeenCalled();
  });

  test.each(['CANCELLING', 'CANCELLED'])('is undone when an undo has made it %s meanwhile', async (status) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status }));

    const created = createShipment(openTable(), answering(ADDRESS), admitted(aCarrier()), clock)(COMMAND);

    await expect(created).rejects.toMatchObject({ name: 'StepUndoneError' });
  });

  test('is undone when the carrier has cancelled the reference', async () => {
    const created = createShipment(
      openTable(),
      answering(ADDRESS),
      admitted(aCarrier({ outcome: 'undone' })),
      clock,
    )(COMMAND);

    await expect(created).rejects.toMatchObject({ name: 'StepUndoneError' });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  test('leaves no record when the carrier is not called at the moment', async () => {
    const refusal = createShipment(openTable(), answering(ADDRESS), refused, clock)(COMMAND);

    await expect(refusal).rejects.toBe(CIRCUIT_OPEN);
    expect(dynamodb.inputs()).toEqual([]);
  });

  test('has all that it sends before it asks for leave, and does nothing under it but write the intent', async () => {
    const carrier = aCarrier();
    const orders = answering(ADDRESS);
    const done = () => [...orders.asked().map(([name]) => name), ...dynamodb.inputs().map(() => 'write')];
    const seen: unknown[] = [];
    const admit: typeof refused = async (work) => {
      seen.push(done());
      return work(carrier as never);
    };
    carrier.book.mockImplementation(async () => {
      seen.push(done());
      return { outcome: 'refused' };
    });

    await createShipment(openTable(), orders, admit, clock)(COMMAND).catch(() => {});

    expect(seen).toEqual([['orders/get-address'], ['orders/get-address', 'write']]);
  });
});
