import {
  AddressRefusedError,
  CarrierUnavailableError,
  explainBooking,
  type ShipmentRow,
  type ShipmentStatus,
  TRANSITIONS,
  toShipment,
} from '../../../functions/shipping/domain';
import { statesBefore } from '../../../lib/table/dynamodb-transition';

function aRow(overrides: Partial<ShipmentRow> = {}): ShipmentRow {
  return {
    orderId: 'ord_1',
    customerId: 'alice',
    status: 'BOOKED',
    trackingNumber: 'SBX1',
    updatedAt: '2026-01-01T00:00:00.000Z',
    carrierKey: 'ord_1/CreateShipment',
    ...overrides,
  };
}

describe('the states of a shipment', () => {
  test('end at CANCELLED', () => {
    expect(TRANSITIONS.CANCELLED).toEqual([]);
  });

  test('lead to BOOKED and REFUSED only from INTENT', () => {
    expect(statesBefore(TRANSITIONS, 'BOOKED')).toEqual(['INTENT']);
    expect(statesBefore(TRANSITIONS, 'REFUSED')).toEqual(['INTENT']);
  });

  test('lead to the undo from wherever the booking has got to, and through it to CANCELLED', () => {
    expect(statesBefore(TRANSITIONS, 'CANCELLING')).toEqual(['INTENT', 'BOOKED', 'REFUSED']);
    expect(statesBefore(TRANSITIONS, 'CANCELLED')).toEqual(['CANCELLING']);
  });
});

describe('a booking that meets a shipment', () => {
  test.each<[ShipmentStatus, string]>([
    ['INTENT', 'go on'],
    ['BOOKED', 'booked'],
    ['REFUSED', 'refused'],
    ['CANCELLING', 'undone'],
    ['CANCELLED', 'undone'],
  ])('in %s comes to: %s', (status, expected) => {
    expect(explainBooking(status)).toBe(expected);
  });
});

describe('a shipment in the API', () => {
  test('shows what the interface promises and nothing else', () => {
    expect(toShipment(aRow())).toEqual({
      orderId: 'ord_1',
      status: 'BOOKED',
      trackingNumber: 'SBX1',
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  test.each<[string, Partial<ShipmentRow>, string]>([
    ['is pending until the carrier has answered', { status: 'INTENT', trackingNumber: undefined }, 'PENDING'],
    ['is still booked until the carrier has cancelled', { status: 'CANCELLING', cancelledFrom: 'BOOKED' }, 'BOOKED'],
    [
      'is still pending while an unknown booking is undone',
      { status: 'CANCELLING', cancelledFrom: 'INTENT' },
      'PENDING',
    ],
    ['stays refused after its undo', { status: 'CANCELLED', cancelledFrom: 'REFUSED' }, 'REFUSED'],
    ['is cancelled when it was', { status: 'CANCELLED', cancelledFrom: 'BOOKED' }, 'CANCELLED'],
  ])('%s', (_, overrides, expected) => {
    expect(toShipment(aRow(overrides)).status).toBe(expected);
  });

  test('has no tracking number once it is cancelled', () => {
    const shown = toShipment(aRow({ status: 'CANCELLED', cancelledFrom: 'BOOKED' }));

    expect(shown).not.toHaveProperty('trackingNumber');
  });
});

describe('the errors of a booking', () => {
  test('carry the names that the saga matches', () => {
    expect(new AddressRefusedError().name).toBe('AddressRefusedError');
    expect(new CarrierUnavailableError('answered 500').name).toBe('CarrierUnavailableError');
  });

  test('tell the log, not the customer, why the carrier is unavailable', () => {
    const error = new CarrierUnavailableError('answered 500');

    expect(error.message).not.toContain('500');
    expect(error.cause).toEqual(new Error('answered 500'));
    expect(error.retryable).toBe(true);
  });
});
