import { type Booking, openCarrier } from '../../../functions/shipping/carrier';
import { CarrierUnavailableError } from '../../../functions/shipping/domain';
import { answered, CIRCUIT_OPEN, fakeParty, UNKNOWN } from '../../support/fake-party';

const ADDRESS = { name: 'Ada', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' };

const BOOKING: Booking = {
  reference: 'ord_1',
  orderId: 'ord_1',
  address: ADDRESS,
  idempotencyKey: 'ord_1/CreateShipment',
};

const BOOKED = { status: 'BOOKED', trackingNumber: 'SBX1' };

describe('a booking at the carrier', () => {
  test('is sent once, with its key in the header and not in the body', async () => {
    const { call, requests } = fakeParty(answered(201, BOOKED));

    const outcome = await openCarrier(call).book(BOOKING);

    expect(outcome).toEqual({ outcome: 'booked', trackingNumber: 'SBX1' });
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/parcels',
        headers: { 'idempotency-key': 'ord_1/CreateShipment' },
        body: { reference: 'ord_1', orderId: 'ord_1', address: ADDRESS },
      },
    ]);
  });

  test('is refused with the address', async () => {
    const { call } = fakeParty(answered(422, { code: 'ADDRESS_REFUSED' }));

    expect(await openCarrier(call).book(BOOKING)).toEqual({ outcome: 'refused' });
  });

  test('is looked up when its reply is lost, and found', async () => {
    const { call, requests } = fakeParty(UNKNOWN, answered(200, BOOKED));

    expect(await openCarrier(call).book(BOOKING)).toEqual({ outcome: 'booked', trackingNumber: 'SBX1' });
    expect(requests[1]).toEqual({ method: 'GET', path: '/parcels/ord_1' });
  });

  test.each([
    ['the key was used for another parcel', answered(422, { code: 'IDEMPOTENCY_KEY_REUSED' })],
    ['our secret is refused', answered(401, { code: 'UNAUTHENTICATED' })],
    ['it is booked without a tracking number', answered(201, { status: 'BOOKED' })],
  ])('is looked up rather than guessed when %s', async (_, first) => {
    const { call, requests } = fakeParty(first, answered(404));

    await expect(openCarrier(call).book(BOOKING)).rejects.toThrow(CarrierUnavailableError);
    expect(requests).toHaveLength(2);
  });

  test.each([
    ['has no such parcel yet', answered(404)],
    ['does not answer either', UNKNOWN],
  ])('stays unknown when the look-up %s', async (_, lookUp) => {
    const { call } = fakeParty(UNKNOWN, lookUp);

    const booked = openCarrier(call).book(BOOKING);

    await expect(booked).rejects.toMatchObject({ name: 'CarrierUnavailableError', retryable: true });
  });

  test('is refused by an open circuit with nothing sent', async () => {
    await expect(openCarrier(fakeParty(CIRCUIT_OPEN).call).book(BOOKING)).rejects.toBe(CIRCUIT_OPEN);
  });

  test('stays unknown when an open circuit refuses the look-up: something may have been sent', async () => {
    const call = openCarrier(fakeParty(UNKNOWN, CIRCUIT_OPEN).call).book(BOOKING);

    await expect(call).rejects.toMatchObject({ name: 'CarrierUnavailableError', retryable: true });
    await expect(call).rejects.toMatchObject({ cause: { message: expect.stringContaining('circuit party is open') } });
  });

  test.each(['BLOCKED', 'CANCELLED'])('counts as undone when the reference is %s', async (status) => {
    const { call } = fakeParty(answered(409, { code: 'REFERENCE_BLOCKED' }), answered(200, { status }));

    expect(await openCarrier(call).book(BOOKING)).toEqual({ outcome: 'undone' });
  });
});

describe('a cancellation at the carrier', () => {
  test.each(['CANCELLED', 'BLOCKED'])('is done when the carrier says %s', async (status) => {
    const { call, requests } = fakeParty(answered(200, { status }));

    expect(await openCarrier(call).cancel('ord_1')).toBe('cancelled');
    expect(requests).toEqual([{ method: 'POST', path: '/parcels/ord_1/cancel' }]);
  });

  test('comes too late when the parcel was handed over', async () => {
    const { call } = fakeParty(answered(409, { code: 'HANDED_OVER' }));

    expect(await openCarrier(call).cancel('ord_1')).toBe('handed over');
  });

  test.each([
    ['there is no answer', UNKNOWN],
    ['it is refused for another reason', answered(409, { code: 'OTHER' })],
    ['the carrier does not know the reference', answered(404)],
    ['the parcel is still booked', answered(200, BOOKED)],
  ])('stays unknown when %s', async (_, outcome) => {
    const { call } = fakeParty(outcome);

    await expect(openCarrier(call).cancel('ord_1')).rejects.toThrow(CarrierUnavailableError);
  });

  test('is refused by an open circuit', async () => {
    await expect(openCarrier(fakeParty(CIRCUIT_OPEN).call).cancel('ord_1')).rejects.toBe(CIRCUIT_OPEN);
  });
});

describe('the question whether a parcel was handed over', () => {
  test.each([
    ['it was', answered(200, { ...BOOKED, handedOver: true }), true],
    ['it was not', answered(200, { ...BOOKED, handedOver: false }), false],
    ['it is booked, and nothing is said', answered(200, BOOKED), false],
    ['it is cancelled', answered(200, { status: 'CANCELLED' }), false],
    ['there is no such parcel', answered(404), false],
    ['there is no answer', UNKNOWN, 'unknown'],
    ['the answer is not what was agreed on', answered(200, { status: 'LOST' }), 'unknown'],
    ['our secret is refused', answered(401), 'unknown'],
    ['an open circuit refuses it', CIRCUIT_OPEN, 'unknown'],
  ])('is answered when %s', async (_, answer, expected) => {
    const { call, requests } = fakeParty(answer);

    expect(await openCarrier(call).findHandover('ord_1')).toBe(expected);
    expect(requests).toEqual([{ method: 'GET', path: '/parcels/ord_1' }]);
  });
});
