import type { Books, ChargeEntry, OrderEntry, PaymentEntry } from './books';
import { byOrder, isSettled, isUndone, type Violation, violationOf, withoutOrder } from './violation';

const violation = violationOf('money');

/** Money captured belongs to a confirmed order, once and in full; everything else is refunded or never was. */
export function checkMoney(books: Books): Violation[] {
  const payments = byOrder(books.payments);
  const charges = books.charges && byOrder(books.charges);
  return [
    ...books.orders.flatMap((order) => {
      const payment = payments.get(order.orderId)?.[0];
      return [
        ...checkTotal(order),
        ...checkPayment(order, payment),
        ...(charges ? checkCharges(order, payment, charges.get(order.orderId) ?? []) : []),
      ];
    }),
    ...checkSum(books),
    ...(books.charges ?? [])
      .filter(({ reference, orderId }) => reference !== orderId)
      .map(({ reference, orderId }) => violation(orderId, `has a charge under the reference ${reference}`)),
    ...withoutOrder(books, [...(books.charges ?? []), ...books.payments], 'CAPTURED').map((orderId) =>
      violation(orderId, 'was charged without an order'),
    ),
  ];
}

function checkTotal({ orderId, items, totalCents }: OrderEntry): Violation[] {
  const sumCents = items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0);
  return sumCents === totalCents
    ? []
    : [violation(orderId, `has a total of ${totalCents}, its lines come to ${sumCents}`)];
}

/** The payments service's own record, of which the order has at most one. */
function checkPayment(order: OrderEntry, payment: PaymentEntry | undefined): Violation[] {
  const { orderId, status, totalCents } = order;
  const found: Violation[] = [];
  if (status === 'CONFIRMED' && payment?.status !== 'CAPTURED') {
    found.push(violation(orderId, `is CONFIRMED for ${totalCents}, its payment is ${show(payment)}`));
  }
  if (!payment) return found;
  if (isUndone(order) && payment.status !== 'REFUNDED' && payment.status !== 'VOIDED') {
    found.push(violation(orderId, `is ${status}, its payment is ${show(payment)}`));
  }
  if (payment.amountCents !== totalCents) {
    found.push(violation(orderId, `has a total of ${totalCents}, its payment is ${show(payment)}`));
  }
  // What is given back is what was taken, and only a refunded payment was given back.
  if (payment.refundedCents !== (payment.status === 'REFUNDED' ? payment.amountCents : 0)) {
    found.push(violation(orderId, `has a payment that is ${show(payment)}`));
  }
  return found;
}

/** The provider's books. They are read after the payments, so what a payment says is over there has happened here. */
function checkCharges(
  { orderId, status, totalCents }: OrderEntry,
  payment: PaymentEntry | undefined,
  charges: readonly ChargeEntry[],
): Violation[] {
  const held = charges.filter((charge) => charge.status === 'CAPTURED');
  const taken = charges.filter((charge) => charge.status === 'CAPTURED' || charge.status === 'REFUNDED');
  const heldCents = sumOf(held);
  const found: Violation[] = [];
  if (status === 'CONFIRMED' && heldCents !== totalCents) {
    found.push(violation(orderId, `is CONFIRMED for ${totalCents}, the provider holds ${heldCents}`));
  }
  if ((status === 'REJECTED' || status === 'CANCELLED') && heldCents > 0) {
    found.push(violation(orderId, `is ${status}, the provider holds ${heldCents}`));
  }
  if (taken.length > 1) found.push(violation(orderId, `was charged ${taken.length} times, ${sumOf(taken)} in all`));
  for (const { amountCents } of taken.filter((charge) => charge.amountCents !== totalCents)) {
    found.push(violation(orderId, `has a total of ${totalCents}, the provider charged ${amountCents}`));
  }
  const isOver = payment && ['REFUNDED', 'VOIDED', 'DECLINED'].includes(payment.status);
  if (isOver && heldCents > 0) {
    found.push(violation(orderId, `has a payment that is ${show(payment)}, the provider holds ${heldCents}`));
  }
  return found;
}

/** Over all settled orders: what the provider holds is what they are worth. */
function checkSum({ orders, charges }: Books): Violation[] {
  if (!charges) return [];
  const open = new Set(orders.filter((order) => !isSettled(order)).map(({ orderId }) => orderId));
  const heldCents = sumOf(charges.filter(({ status, orderId }) => status === 'CAPTURED' && !open.has(orderId)));
  const confirmed = orders.filter(({ status }) => status === 'CONFIRMED');
  const worthCents = confirmed.reduce((sum, { totalCents }) => sum + totalCents, 0);
  if (heldCents === worthCents) return [];
  return [
    violation('all orders', `confirmed are worth ${worthCents}, the provider holds ${heldCents} for settled ones`),
  ];
}

function sumOf(charges: readonly ChargeEntry[]): number {
  return charges.reduce((sum, { amountCents }) => sum + amountCents, 0);
}

function show(payment: PaymentEntry | undefined): string {
  return payment ? `${payment.status} of ${payment.amountCents}, ${payment.refundedCents} given back` : 'missing';
}
