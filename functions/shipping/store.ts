import type { Clock } from '../../lib/clock';
import { effectRecord } from '../../lib/idempotency/dynamodb-outside-effect';
import type { EffectRecord, OutsideEffect } from '../../lib/idempotency/outside-effect';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import { type ShipmentOwner, type ShipmentRow, type ShipmentStatus, TRANSITIONS } from './domain';

/** A booking as an effect outside. */
export const BOOKING: OutsideEffect<ShipmentStatus> = {
  what: 'shipment',
  step: 'CreateShipment',
  settled: 'BOOKED',
  refused: 'REFUSED',
  never: 'CANCELLED',
  finality: 'handedOver',
  edges: TRANSITIONS,
};

export function findShipment(table: Table, orderId: string): Promise<ShipmentRow | undefined> {
  return findItem(table, { orderId });
}

/** The record of an order's booking. `carrierKey` is given by the step, which passes it on; the undo has none. */
export function bookingRecord(
  table: Table,
  { orderId, customerId }: ShipmentOwner,
  clock: Clock,
  carrierKey?: string,
): EffectRecord<ShipmentStatus> {
  return effectRecord(table, {
    effect: BOOKING,
    key: { orderId },
    terms: { customerId },
    ...(carrierKey !== undefined && { intent: { carrierKey } }),
    now: () => clock.now(),
  });
}
