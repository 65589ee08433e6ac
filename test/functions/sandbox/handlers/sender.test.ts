import '../../../support/environment';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { books } from '../../../../functions/sandbox/handlers/books';
import { sender } from '../../../../functions/sandbox/handlers/sender';
import { clock } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const MESSAGE = {
  reference: 'ntf_1',
  customerId: 'alice',
  type: 'order.rejected',
  message: 'Order rejected: no stock',
};

describe('the sandbox sender', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'book', sortKey: 'reference' });
  });
  afterEach(() => room.close());

  const send = (overrides: object = {}, key = 'ntf_1') =>
    ask(sender(room.table, clock), 'POST /messages', {
      headers: { 'idempotency-key': key },
      body: { ...MESSAGE, ...overrides },
    });
  const shown = async (query: Record<string, string> = {}) =>
    (await ask(books(room.table, clock), 'GET /messages', { query })).body;

  test('takes a message, and shows it in its book', async () => {
    expect(await send()).toEqual({ status: 201, body: { reference: 'ntf_1', status: 'SENT' } });

    const item = { reference: 'ntf_1', customerId: 'alice', type: 'order.rejected', status: 'SENT', attempts: 1 };
    expect(await shown()).toEqual({ items: [item] });
    expect(await shown({ reference: 'ntf_1' })).toEqual({ items: [item] });
    expect(await shown({ reference: 'ntf_2' })).toEqual({ items: [] });
  });

  test('takes the same message once, and counts how often it came', async () => {
    await send();

    expect(await send()).toEqual({ status: 200, body: { reference: 'ntf_1', status: 'SENT' } });

    expect(await shown()).toMatchObject({ items: [{ reference: 'ntf_1', attempts: 2 }] });
  });

  test.each([
    ['another key', {}, 'other', { status: 409, code: 'REFERENCE_TAKEN' }],
    ['another text', { message: 'Hello' }, 'ntf_1', { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' }],
    ['another customer', { customerId: 'bob' }, 'ntf_1', { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' }],
  ])('refuses the same reference with %s, and keeps the first', async (_, overrides, key, error) => {
    await send();

    await expect(send(overrides, key)).rejects.toMatchObject(error);

    expect(await shown()).toMatchObject({ items: [{ customerId: 'alice', status: 'SENT' }] });
  });

  test.each([
    ['no text', { message: ' ' }],
    ['no customer', { customerId: '' }],
    ['a reference that does not fit into a path', { reference: 'a/b' }],
    ['an address', { email: 'ada@example.org' }],
  ])('refuses a message with %s', async (_, overrides) => {
    await expect(send(overrides)).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });

    expect(await shown()).toEqual({ items: [] });
  });

  test('refuses a message without a key', async () => {
    await expect(send({}, '')).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  test('keeps nothing of what a message says', async () => {
    await send();

    const { Items } = await room.table.client.send(new ScanCommand({ TableName: room.table.name }));
    expect(Items).toHaveLength(2);
    expect(JSON.stringify(Items)).not.toContain('no stock');
  });
});
