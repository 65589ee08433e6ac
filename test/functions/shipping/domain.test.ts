import {
  AddressRefusedError,
  CarrierUnavailableError,
  ParcelHandedOverError,
  type ShipmentRow,
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

  test('lead to BOOKED from INTENT, and back to it when the undo came too late', () => {
    expect(statesBefore(TRANSITIONS, 'BOOKED')).toEqual(['INTENT', 'CANCELLING']);
  });

  test('lead to REFUSED only from INTENT', () => {
    expect(statesBefore(TRANSITIONS, 'REFUSED')).toEqual(['INTENT']);
  });

  test('lead to the undo from wherever the booking has got to, and through it to CANCELLED', () => {
    expect(statesBefore(TRANSITIONS, 'CANCELLING')).toEqual(['INTENT', 'BOOKED', 'REFUSED']);
    expect(statesBefore(TRANSITIONS, 'CANCELLED')).toEqual(['CANCELLING']);
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
    ['is booked when it was handed over', { status: 'BOOKED', cancelledFrom: 'BOOKED', handedOver: true }, 'BOOKED'],
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
    expect(new ParcelHandedOverError()).toMatchObject({
      name: 'ParcelHandedOverError',
      code: 'HANDED_OVER',
      status: 409,
      retryable: false,
    });
  });

  test('tell the log, not the customer, why the carrier is unavailable', () => {
    const error = new CarrierUnavailableError('answered 500');

    expect(error.message).not.toContain('500');
    expect(error.cause).toEqual(new Error('answered 500'));
    expect(error.retryable).toBe(true);
  });
});
