import { ProviderUnavailableError } from '../../../functions/payments/domain';
import { type Charge, openProvider } from '../../../functions/payments/provider';
import { answered, CIRCUIT_OPEN, fakeParty, UNKNOWN } from '../../support/fake-party';

const CHARGE: Charge = {
  reference: 'ord_1',
  orderId: 'ord_1',
  amountCents: 2400,
  currency: 'EUR',
  token: 'tok_ok',
  idempotencyKey: 'ord_1/ChargePayment',
};

describe('a charge at the provider', () => {
  test('is sent once, with its key in the header and not in the body', async () => {
    const { call, requests } = fakeParty(answered(201, { status: 'CAPTURED' }));

    const outcome = await openProvider(call).charge(CHARGE);

    expect(outcome).toBe('captured');
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/charges',
        headers: { 'idempotency-key': 'ord_1/ChargePayment' },
        body: { reference: 'ord_1', orderId: 'ord_1', amountCents: 2400, currency: 'EUR', token: 'tok_ok' },
      },
    ]);
  });

  test('is declined by a 402, and by a token that the provider does not know', async () => {
    const declined = fakeParty(answered(402, { code: 'DECLINED' }));
    const unknownToken = fakeParty(answered(422, { code: 'UNKNOWN_TOKEN' }));

    expect(await openProvider(declined.call).charge(CHARGE)).toBe('declined');
    expect(await openProvider(unknownToken.call).charge(CHARGE)).toBe('declined');
  });

  test('is looked up when its reply is lost, and found', async () => {
    const { call, requests } = fakeParty(UNKNOWN, answered(200, { status: 'CAPTURED' }));

    expect(await openProvider(call).charge(CHARGE)).toBe('captured');
    expect(requests[1]).toEqual({ method: 'GET', path: '/charges/ord_1' });
  });

  test.each([
    ['the key was used for another charge', answered(422, { code: 'IDEMPOTENCY_KEY_REUSED' })],
    ['our secret is refused', answered(401, { code: 'UNAUTHENTICATED' })],
    ['we are too fast', answered(429)],
    ['the answer is not what was agreed on', answered(200, { state: 'paid' })],
  ])('is looked up rather than guessed when %s', async (_, first) => {
    const { call, requests } = fakeParty(first, answered(404));

    await expect(openProvider(call).charge(CHARGE)).rejects.toThrow(ProviderUnavailableError);
    expect(requests).toHaveLength(2);
  });

  test.each([
    ['has no such charge yet', answered(404)],
    ['does not answer either', UNKNOWN],
  ])('stays unknown when the look-up %s', async (_, lookUp) => {
    const { call } = fakeParty(UNKNOWN, lookUp);

    const charged = openProvider(call).charge(CHARGE);

    await expect(charged).rejects.toMatchObject({ name: 'ProviderUnavailableError', retryable: true });
  });

  test('is refused by an open circuit with nothing sent', async () => {
    await expect(openProvider(fakeParty(CIRCUIT_OPEN).call).charge(CHARGE)).rejects.toBe(CIRCUIT_OPEN);
  });

  test('stays unknown when an open circuit refuses the look-up: something may have been sent', async () => {
    const call = openProvider(fakeParty(UNKNOWN, CIRCUIT_OPEN).call).charge(CHARGE);

    await expect(call).rejects.toMatchObject({ name: 'ProviderUnavailableError', retryable: true });
    await expect(call).rejects.toMatchObject({ cause: { message: expect.stringContaining('circuit party is open') } });
  });

  test.each(['BLOCKED', 'REFUNDED'])('counts as undone when the reference is %s', async (status) => {
    const blocked = fakeParty(answered(409, { code: 'REFERENCE_BLOCKED' }), answered(200, { status }));

    expect(await openProvider(blocked.call).charge(CHARGE)).toBe('undone');
  });
});

describe('a cancellation at the provider', () => {
  test('says what was given back', async () => {
    const { call, requests } = fakeParty(answered(200, { status: 'REFUNDED', refundedCents: 2400 }));

    const cancellation = await openProvider(call).cancel('ord_1');

    expect(cancellation).toEqual({ outcome: 'refunded', refundedCents: 2400 });
    expect(requests).toEqual([{ method: 'POST', path: '/charges/ord_1/cancel' }]);
  });

  test('says that nothing was charged and nothing will be', async () => {
    const { call } = fakeParty(answered(200, { status: 'BLOCKED' }));

    expect(await openProvider(call).cancel('ord_1')).toEqual({ outcome: 'blocked', refundedCents: 0 });
  });

  test.each([
    ['there is no answer', UNKNOWN],
    ['the provider does not know the reference', answered(404)],
    ['the charge is still captured', answered(200, { status: 'CAPTURED' })],
    ['the amount is missing', answered(200, { status: 'REFUNDED' })],
    ['the amount is not a whole number of cents', answered(200, { status: 'REFUNDED', refundedCents: 24.5 })],
  ])('stays unknown when %s', async (_, outcome) => {
    const { call } = fakeParty(outcome);

    await expect(openProvider(call).cancel('ord_1')).rejects.toThrow(ProviderUnavailableError);
  });

  test('is refused by an open circuit', async () => {
    await expect(openProvider(fakeParty(CIRCUIT_OPEN).call).cancel('ord_1')).rejects.toBe(CIRCUIT_OPEN);
  });
});
