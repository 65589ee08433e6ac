import '../../../support/environment';
import { BatchGetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { books } from '../../../../functions/sandbox/handlers/books';
import { encodeCursor } from '../../../../lib/http/cursor';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { clock } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { mockTable, refusedBy } from '../../../support/mock-table';

const TABLE = 'holdfast-test-table';

describe('the books of the sandbox', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('show every charge with its attempts', async () => {
    dynamodb.on(QueryCommand).resolves({
      Items: [
        { book: 'charges', reference: 'a', orderId: 'a', status: 'CAPTURED', amountCents: 2400, idempotencyKey: 'k' },
        { book: 'charges', reference: 'b', orderId: 'b', status: 'BLOCKED' },
      ],
    });
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [{ reference: 'charges/a', attempts: 3 }] } });

    const answer = await ask(books(openTable(), clock), 'GET /charges');

    expect(answer.status).toBe(200);
    expect(JSON.parse(JSON.stringify(answer.body))).toEqual({
      items: [
        { reference: 'a', orderId: 'a', amountCents: 2400, status: 'CAPTURED', attempts: 3 },
        { reference: 'b', orderId: 'b', amountCents: 0, status: 'BLOCKED', attempts: 0 },
      ],
    });
  });

  test('show parcels without an amount', async () => {
    dynamodb.on(QueryCommand).resolves({
      Items: [{ book: 'parcels', reference: 'a', orderId: 'a', status: 'BOOKED', trackingNumber: 'SBX1' }],
    });
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [{ reference: 'parcels/a', attempts: 1 }] } });

    const answer = await ask(books(openTable(), clock), 'GET /parcels');

    expect(answer.body).toEqual({ items: [{ reference: 'a', orderId: 'a', status: 'BOOKED', attempts: 1 }] });
    expect(dynamodb.inputs()[0]).toMatchObject({ ExpressionAttributeValues: { ':book': 'parcels' } });
  });

  test('show messages without what they say', async () => {
    const message = { book: 'messages', reference: 'a', customerId: 'alice', type: 'task.created', status: 'SENT' };
    dynamodb.on(QueryCommand).resolves({ Items: [{ ...message, messageHash: 'hash', idempotencyKey: 'a' }] });
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [{ reference: 'messages/a', attempts: 2 }] } });

    const answer = await ask(books(openTable(), clock), 'GET /messages');

    const { book, ...shown } = message;
    expect(answer.body).toEqual({ items: [{ ...shown, attempts: 2 }] });
    expect(dynamodb.inputs()[0]).toMatchObject({ ExpressionAttributeValues: { ':book': book } });
  });

  test('show one reference', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [] });

    const answer = await ask(books(openTable(), clock), 'GET /charges', { query: { reference: 'a' } });

    expect(answer.body).toEqual({ items: [] });
    expect(dynamodb.inputs()).toMatchObject([
      {
        KeyConditionExpression: 'book = :book AND #reference = :reference',
        ExpressionAttributeValues: { ':book': 'charges', ':reference': 'a' },
        ConsistentRead: true,
      },
    ]);
  });

  test('come in pages of a hundred, each with the way to the next', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: { book: 'charges', reference: 'b' } });

    const cursor = encodeCursor({ reference: 'a' });
    const answer = await ask(books(openTable(), clock), 'GET /charges', { query: { cursor } });

    expect(answer.body).toEqual({ items: [], nextCursor: encodeCursor({ reference: 'b' }) });
    expect(dynamodb.inputs()[0]).toMatchObject({
      Limit: 100,
      ExclusiveStartKey: { book: 'charges', reference: 'a' },
    });
  });

  test('are read on where DynamoDB left counters out', async () => {
    const keys = [{ book: 'attempts', reference: 'charges/a' }];
    dynamodb.on(QueryCommand).resolves({ Items: [{ book: 'charges', reference: 'a', orderId: 'a' }] });
    dynamodb
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { [TABLE]: [] }, UnprocessedKeys: { [TABLE]: { Keys: keys } } })
      .resolves({ Responses: { [TABLE]: [{ reference: 'charges/a', attempts: 2 }] } });

    const answer = await ask(books(openTable(), clock), 'GET /charges');

    expect(answer.body).toMatchObject({ items: [{ reference: 'a', attempts: 2 }] });
  });

  test.each([
    ['a parameter that they do not know', { order: 'a' }],
    ['a cursor that is none of theirs', { cursor: 'nonsense' }],
  ])('refuse %s', async (_, query) => {
    const asked = ask(books(openTable(), clock), 'GET /charges', { query });

    await expect(asked).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });
});

describe('lifting a refund fault', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());
  const lift = () => ask(books(openTable(), clock), 'DELETE /charges/{reference}/fault', { path: { reference: 'a' } });

  test('lets the refunds of the charge through', async () => {
    expect(await lift()).toEqual({ status: 204, body: '' });

    expect(dynamodb.inputs()).toMatchObject([
      { Key: { book: 'charges', reference: 'a' }, UpdateExpression: 'REMOVE refundFault' },
    ]);
  });

  test('makes no charge where there is none', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy());

    await expect(lift()).rejects.toMatchObject({ status: 404 });
    expect(dynamodb.inputs()).toMatchObject([{ ConditionExpression: 'attribute_exists(book)' }]);
  });
});
