import '../../../support/environment';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { provider } from '../../../../functions/sandbox/handlers/provider';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { mockTable, refusedBy } from '../../../support/mock-table';

const CHARGED = {
  book: 'charges',
  reference: 'ord_1',
  orderId: 'ord_1',
  status: 'CAPTURED',
  amountCents: 2400,
  currency: 'EUR',
  idempotencyKey: 'key',
  updatedAt: NOW,
};

const SHOWN = {
  reference: 'ord_1',
  orderId: 'ord_1',
  status: 'CAPTURED',
  amountCents: 2400,
  refundedCents: 0,
  currency: 'EUR',
};

describe('the sandbox provider', () => {
  const dynamodb = mockTable();
  const wait = jest.fn(async () => undefined);
  beforeEach(() => {
    dynamodb.reset();
    wait.mockClear();
    attempt(1);
  });

  /** Has the counter say that this is attempt `n` with the key. */
  function attempt(n: number) {
    dynamodb.on(UpdateCommand).resolves({ Attributes: { attempts: n, 'key key': n } });
  }
  const routes = () => provider(openTable(), wait, clock);
  const charge = (token: string, more: { headers?: Record<string, string>; body?: object } = {}) =>
    ask(routes(), 'POST /charges', {
      headers: { 'idempotency-key': 'key', ...more.headers },
      body: { reference: 'ord_1', orderId: 'ord_1', amountCents: 2400, currency: 'EUR', token, ...more.body },
    });

  test('charges a reference that is new, and counts the attempt', async () => {
    const answer = await charge('tok_ok');

    expect(answer).toEqual({ status: 201, body: SHOWN });
    expect(dynamodb.inputs()).toMatchObject([
      {
        Key: { book: 'attempts', reference: 'charges/ord_1' },
        UpdateExpression: 'SET expiresAtSeconds = :expires ADD attempts :one, #ofKey :one',
        ExpressionAttributeNames: { '#ofKey': 'key key' },
      },
      { Item: CHARGED, ConditionExpression: 'attribute_not_exists(book)' },
    ]);
  });

  test('never keeps the token', async () => {
    await charge('tok_ok');

    expect(JSON.stringify(dynamodb.inputs())).not.toContain('tok_');
  });

  test('answers a repeat with what is there', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(CHARGED));

    expect(await charge('tok_ok')).toEqual({ status: 200, body: SHOWN });
  });

  test.each([
    ['a reference that was blocked', { status: 'BLOCKED' }, { status: 409, code: 'REFERENCE_BLOCKED' }],
    ['a reference with another key', { idempotencyKey: 'other' }, { status: 409, code: 'REFERENCE_TAKEN' }],
    ['a key for another amount', { amountCents: 1 }, { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' }],
  ])('refuses %s', async (_, existing, error) => {
    dynamodb.on(PutCommand).rejects(refusedBy({ ...CHARGED, ...existing }));

    await expect(charge('tok_ok')).rejects.toMatchObject(error);
  });

  test.each([
    ['tok_declined', { status: 402, code: 'DECLINED' }],
    ['tok_error', { status: 500, code: 'SANDBOX_FAULT' }],
    ['tok_unheard_of', { status: 422, code: 'UNKNOWN_TOKEN' }],
  ])('charges nothing for %s', async (token, error) => {
    await expect(charge(token)).rejects.toMatchObject(error);

    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('is silent for tok_timeout until its own time is nearly over, and charges nothing', async () => {
    await expect(charge('tok_timeout')).rejects.toMatchObject({ status: 503 });

    expect(wait).toHaveBeenCalledWith(9_500);
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('charges for tok_lost_reply and ends without an answer', async () => {
    await expect(charge('tok_lost_reply')).rejects.toMatchObject({ name: 'ReplyLostError' });

    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(1);
  });

  test('answers the repeat of a charge whose reply was lost', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(CHARGED));

    expect(await charge('tok_lost_reply')).toEqual({ status: 200, body: SHOWN });
  });

  test('fails twice for tok_flaky, then charges', async () => {
    await expect(charge('tok_flaky')).rejects.toMatchObject({ status: 503 });
    attempt(2);
    await expect(charge('tok_flaky')).rejects.toMatchObject({ status: 503 });
    attempt(3);

    expect(await charge('tok_flaky')).toMatchObject({ status: 201 });
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(1);
  });

  test('charges for tok_refund_fails and marks the charge', async () => {
    await charge('tok_refund_fails');

    expect(dynamodb.inputs()[1]).toMatchObject({ Item: { ...CHARGED, refundFault: true } });
  });

  test.each([
    ['a missing key', { headers: { 'idempotency-key': '' } }],
    ['a negative amount', { body: { amountCents: -1 } }],
    ['half a cent', { body: { amountCents: 0.5 } }],
    ['a field that it does not know', { body: { cvc: '123' } }],
    ['a reference that no URL can hold', { body: { reference: 'a/b' } }],
  ])('refuses %s', async (_, more) => {
    await expect(charge('tok_ok', more)).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('shows a charge as the last write left it', async () => {
    dynamodb.on(GetCommand).resolves({ Item: { ...CHARGED, status: 'REFUNDED' } });

    const answer = await ask(routes(), 'GET /charges/{reference}', { path: { reference: 'ord_1' } });

    expect(answer).toEqual({ status: 200, body: { ...SHOWN, status: 'REFUNDED', refundedCents: 2400 } });
    expect(dynamodb.inputs()[0]).toMatchObject({ Key: { book: 'charges', reference: 'ord_1' }, ConsistentRead: true });
  });

  test('has no charge that was never made', async () => {
    dynamodb.on(GetCommand).resolves({});

    const asked = ask(routes(), 'GET /charges/{reference}', { path: { reference: 'ord_1' } });

    await expect(asked).rejects.toMatchObject({ status: 404 });
  });

  test('cancels a charge and says what is given back', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy(CHARGED));

    const answer = await ask(routes(), 'POST /charges/{reference}/cancel', { path: { reference: 'ord_1' } });

    expect(answer).toEqual({ status: 200, body: { ...SHOWN, status: 'REFUNDED', refundedCents: 2400 } });
  });
});
