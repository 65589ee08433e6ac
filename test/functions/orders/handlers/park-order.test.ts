import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parkOrder } from '../../../../functions/orders/handlers/park-order';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('ParkOrder', {
  orderId: ORDER_ID,
  failure: { code: 'SHIPPING_UNAVAILABLE' as const, step: 'CreateShipment', error: 'CarrierUnavailableError' },
  failedUndos: ['RefundPayment'],
});

describe('handing an order to people', () => {
  const dynamodb = mockTable();
  let log: jest.SpyInstance;
  beforeEach(() => {
    dynamodb.reset();
    log = jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  test('keeps why it failed and what could not be undone', async () => {
    expect(await parkOrder(openTable(), clock)(COMMAND)).toEqual({});

    expect(dynamodb.inputs()).toMatchObject([
      {
        ConditionExpression: '#status IN (:from0)',
        ExpressionAttributeValues: {
          ':from0': 'PENDING',
          ':to': 'NEEDS_ATTENTION',
          ':rejection': { code: 'SHIPPING_UNAVAILABLE', step: 'CreateShipment' },
          ':failedUndos': ['RefundPayment'],
        },
      },
    ]);
  });

  test('is never silent', async () => {
    await parkOrder(openTable(), clock)(COMMAND);

    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
      level: 'error',
      message: 'order needs attention',
      orderId: ORDER_ID,
    });
  });

  test('changes nothing when it is parked already', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'NEEDS_ATTENTION' }));

    expect(await parkOrder(openTable(), clock)(COMMAND)).toEqual({});
  });

  test('fails loudly when the order has come to its end', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, status: 'CONFIRMED' }));

    const parked = parkOrder(openTable(), clock)(COMMAND);

    await expect(parked).rejects.toThrow(`order ${ORDER_ID} is CONFIRMED and cannot become NEEDS_ATTENTION`);
  });
});
