import type { Books } from './books';
import { byOrder, isUndone, type Violation, violationOf, withoutOrder } from './violation';

const violation = violationOf('shipments');

/** The states of a payment whose money was taken at some time. */
const TAKEN = ['CAPTURED', 'CANCELLING', 'REFUNDED'];

/** A parcel belongs to a confirmed order that was paid, and each confirmed order has one. */
export function checkShipments(books: Books): Violation[] {
  const shipments = byOrder(books.shipments);
  const payments = byOrder(books.payments);
  const parcels = books.parcels && byOrder(books.parcels);
  const ofOrders = books.orders.flatMap((order) => {
    const { orderId, status } = order;
    const shipment = shipments.get(orderId)?.[0]?.status;
    const booked = (parcels?.get(orderId) ?? []).filter((parcel) => parcel.status === 'BOOKED').length;
    const isShipped = shipment === 'BOOKED' && (!parcels || booked === 1);
    const isNotShipped = (shipment === undefined || shipment === 'CANCELLED') && booked === 0;
    const isAsItShould = status === 'CONFIRMED' ? isShipped : !isUndone(order) || isNotShipped;
    const found: Violation[] = [];
    if (!isAsItShould) {
      const carrier = parcels ? `, the carrier has ${booked} parcels` : '';
      found.push(violation(orderId, `is ${status}, its shipment is ${shipment ?? 'missing'}${carrier}`));
    }
    const isOpen = status !== 'CONFIRMED' && !isUndone(order);
    if (isOpen && booked > 1) found.push(violation(orderId, `is ${status}, the carrier has ${booked} parcels`));
    if (isOpen && shipment === 'CANCELLED' && booked > 0) {
      found.push(violation(orderId, `has a shipment that is CANCELLED, the carrier has ${booked} parcels`));
    }
    // Payments are read after the shipments, so a shipment that was booked finds the money taken.
    const payment = payments.get(orderId)?.[0]?.status ?? 'missing';
    if (shipment === 'BOOKED' && !TAKEN.includes(payment)) {
      found.push(violation(orderId, `has a shipment that is BOOKED, its payment is ${payment}`));
    }
    return found;
  });
  return [
    ...ofOrders,
    ...(books.parcels ?? [])
      .filter(({ reference, orderId }) => reference !== orderId)
      .map(({ reference, orderId }) => violation(orderId, `has a parcel under the reference ${reference}`)),
    ...withoutOrder(books, [...(books.parcels ?? []), ...books.shipments], 'BOOKED').map((orderId) =>
      violation(orderId, 'was shipped without an order'),
    ),
  ];
}
