import '../../../support/environment';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { carrier } from '../../../../functions/sandbox/handlers/carrier';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { mockTable, refusedBy } from '../../../support/mock-table';

const BOOKED = {
  book: 'parcels',
  reference: 'ord_1',
  orderId: 'ord_1',
  status: 'BOOKED',
  idempotencyKey: 'key',
  trackingNumber: 'SBX1',
  updatedAt: NOW,
};

const SHOWN = { reference: 'ord_1', orderId: 'ord_1', status: 'BOOKED', trackingNumber: 'SBX1' };

describe('the sandbox carrier', () => {
  const dynamodb = mockTable();
  beforeEach(() => {
    dynamodb.reset();
    dynamodb.on(UpdateCommand).resolves({ Attributes: { attempts: 1, 'key key': 1 } });
  });

  const routes = () => carrier(openTable(), async () => undefined, clock);
  const book = (postalCode: string) =>
    ask(routes(), 'POST /parcels', {
      headers: { 'idempotency-key': 'key' },
      body: { reference: 'ord_1', orderId: 'ord_1', address: { name: 'Ada Secret', postalCode } },
    });
  const cancel = () => ask(routes(), 'POST /parcels/{reference}/cancel', { path: { reference: 'ord_1' } });

  test('books a parcel, counts the attempt, and gives a tracking number', async () => {
    const answer = await book('10115');

    expect(answer).toEqual({
      status: 201,
      body: { ...SHOWN, trackingNumber: expect.stringMatching(/^SBX[0-9A-F]{12}$/) },
    });
    expect(dynamodb.inputs()).toMatchObject([
      { Key: { book: 'attempts', reference: 'parcels/ord_1' } },
      { Item: { book: 'parcels', status: 'BOOKED' }, ConditionExpression: 'attribute_not_exists(book)' },
    ]);
  });

  test('keeps nothing of the address', async () => {
    await book('10115');

    expect(JSON.stringify(dynamodb.inputs())).not.toMatch(/Ada Secret|10115/);
  });

  test.each([
    ['00000', { status: 422, code: 'ADDRESS_REFUSED' }],
    ['99999', { status: 500, code: 'SANDBOX_FAULT' }],
  ])('books nothing for %s', async (postalCode, error) => {
    await expect(book(postalCode)).rejects.toMatchObject(error);

    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('books for 99998 and ends without an answer', async () => {
    await expect(book('99998')).rejects.toMatchObject({ name: 'ReplyLostError' });

    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(1);
  });

  test('answers the repeat of a booking whose reply was lost', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(BOOKED));

    expect(await book('99998')).toEqual({ status: 200, body: SHOWN });
  });

  test('refuses a reference that was blocked', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy({ ...BOOKED, status: 'BLOCKED' }));

    await expect(book('10115')).rejects.toMatchObject({ status: 409, code: 'REFERENCE_BLOCKED' });
  });

  test('shows a parcel', async () => {
    dynamodb.on(GetCommand, { Key: { book: 'parcels', reference: 'ord_1' } }).resolves({ Item: BOOKED });

    const answer = await ask(routes(), 'GET /parcels/{reference}', { path: { reference: 'ord_1' } });

    expect(answer).toEqual({ status: 200, body: SHOWN });
  });

  test('has no parcel that was never booked', async () => {
    dynamodb.on(GetCommand).resolves({});

    const asked = ask(routes(), 'GET /parcels/{reference}', { path: { reference: 'ord_1' } });

    await expect(asked).rejects.toMatchObject({ status: 404 });
  });

  test('cancels a booking', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(BOOKED));

    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
    expect(dynamodb.inputs()[1]).toMatchObject({
      ExpressionAttributeValues: { ':done': 'BOOKED', ':undone': 'CANCELLED' },
    });
  });

  test('does not cancel a parcel that was handed over', async () => {
    const handedOver = { ...BOOKED, handedOver: true };
    dynamodb.on(PutCommand).rejects(refusedBy(handedOver));
    dynamodb.on(UpdateCommand).rejects(refusedBy(handedOver));

    await expect(cancel()).rejects.toMatchObject({ status: 409, code: 'HANDED_OVER' });
  });

  test('shows that a parcel was handed over', async () => {
    dynamodb.on(GetCommand).resolves({ Item: { ...BOOKED, handedOver: true } });

    const answer = await ask(routes(), 'GET /parcels/{reference}', { path: { reference: 'ord_1' } });

    expect(answer.body).toEqual({ ...SHOWN, handedOver: true });
  });

  test('blocks a reference that is not there', async () => {
    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'BLOCKED' } });
  });
});
