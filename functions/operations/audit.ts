import type { Books, OrderEntry, PaymentEntry } from './books';

/** A statement that must hold over all books and does not. */
export interface Violation {
  readonly invariant: 'money' | 'stock' | 'shipments' | 'orders' | 'stuck orders';
  /** The order or SKU. */
  readonly subject: string;
  readonly detail: string;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Longer than the budgets of every step and undo together: an order that is open for longer is stuck. */
export const STUCK_AFTER_MS = 30 * 60_000;

/**
 * Recomputes what must hold over the books of all services and of the outside parties. An order under way may be anywhere
 * between its steps, so only what is settled is judged by its outcome; a parked one is counted, its money and stock are
 * people's business.
 */
export function audit(books: Books, now: number): AuditReport {
  const violations = [...checkOrders(books, now), ...checkMoney(books), ...checkShipments(books), ...checkStock(books)];
  return { ok: violations.length === 0, violations, counts: countAll(books) };
}

function checkOrders({ orders }: Books, now: number): Violation[] {
  const known = ['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'];
  return orders.flatMap(({ orderId, status, createdAt }): Violation[] => {
    if (!known.includes(status)) return [{ invariant: 'orders', subject: orderId, detail: `has the status ${status}` }];
    const ageMs = now - Date.parse(createdAt);
    if (status !== 'PENDING' || ageMs <= STUCK_AFTER_MS) return [];
    return [{ invariant: 'stuck orders', subject: orderId, detail: `is PENDING since ${createdAt}` }];
  });
}

/** Money captured belongs to a confirmed order, once and in full; everything else is refunded or never was. */
function checkMoney(books: Books): Violation[] {
  const violation = (subject: string, detail: string): Violation => ({ invariant: 'money', subject, detail });
  const payments = byOrder(books.payments);
  const charges = books.charges && byOrder(books.charges);
  const ofOrders = books.orders.flatMap((order) => {
    const payment = payments.get(order.orderId)?.[0];
    const captured = (charges?.get(order.orderId) ?? []).filter(({ status }) => status === 'CAPTURED');
    const sumCents = captured.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const found: Violation[] = [];
    if (order.status === 'CONFIRMED') {
      if (payment?.status !== 'CAPTURED' || payment.amountCents !== order.totalCents) {
        found.push(violation(order.orderId, `is CONFIRMED for ${order.totalCents}, its payment is ${show(payment)}`));
      }
      if (charges && (captured.length !== 1 || sumCents !== order.totalCents)) {
        found.push(
          violation(
            order.orderId,
            `is CONFIRMED for ${order.totalCents}, the provider captured ${captured.length} times, ${sumCents}`,
          ),
        );
      }
    }
    if (isUndone(order)) {
      if (payment && !isUndonePayment(payment)) {
        found.push(violation(order.orderId, `is ${order.status}, its payment is ${show(payment)}`));
      }
      if (sumCents > 0) found.push(violation(order.orderId, `is ${order.status}, the provider holds ${sumCents}`));
    }
    return found;
  });
  return [
    ...ofOrders,
    ...withoutOrder(books, [...(books.charges ?? []), ...books.payments], 'CAPTURED').map((id) =>
      violation(id, 'was charged without an order'),
    ),
  ];
}

/** A parcel belongs to a confirmed order, and each confirmed order has one. */
function checkShipments(books: Books): Violation[] {
  const violation = (subject: string, detail: string): Violation => ({ invariant: 'shipments', subject, detail });
  const shipments = byOrder(books.shipments);
  const parcels = books.parcels && byOrder(books.parcels);
  const ofOrders = books.orders.flatMap((order) => {
    const shipment = shipments.get(order.orderId)?.[0]?.status;
    const booked = (parcels?.get(order.orderId) ?? []).filter(({ status }) => status === 'BOOKED').length;
    const found: Violation[] = [];
    if (order.status === 'CONFIRMED' && (shipment !== 'BOOKED' || (parcels && booked !== 1))) {
      found.push(
        violation(
          order.orderId,
          `is CONFIRMED, its shipment is ${shipment ?? 'missing'}, the carrier has ${booked} parcels`,
        ),
      );
    }
    if (isUndone(order) && ((shipment !== undefined && shipment !== 'CANCELLED') || booked > 0)) {
      found.push(
        violation(
          order.orderId,
          `is ${order.status}, its shipment is ${shipment ?? 'missing'}, the carrier has ${booked} parcels`,
        ),
      );
    }
    return found;
  });
  return [
    ...ofOrders,
    ...withoutOrder(books, [...(books.parcels ?? []), ...books.shipments], 'BOOKED').map((id) =>
      violation(id, 'was shipped without an order'),
    ),
  ];
}

/** What is reserved is reserved for orders that want it, and every confirmed order has what it bought. */
function checkStock(books: Books): Violation[] {
  const violation = (subject: string, detail: string): Violation => ({ invariant: 'stock', subject, detail });
  const orders = new Map(books.orders.map((order) => [order.orderId, order]));
  const stock = new Map(books.stock.map((row) => [row.sku, row]));
  const ofRows = books.stock.flatMap((row) => {
    const sum = Object.values(row.pending).reduce((total, quantity) => total + quantity, 0);
    const found =
      sum === row.reserved ? [] : [violation(row.sku, `has ${row.reserved} reserved, its orders have ${sum}`)];
    if (row.available < 0) found.push(violation(row.sku, `has ${row.available} available`));
    for (const [orderId, quantity] of Object.entries(row.pending)) {
      const order = orders.get(orderId);
      const wanted = order?.items.find(({ sku }) => sku === row.sku)?.quantity;
      if (!order || isUndone(order))
        found.push(
          violation(row.sku, `has ${quantity} reserved for ${orderId}, which is ${order?.status ?? 'not there'}`),
        );
      else if (wanted !== quantity)
        found.push(violation(row.sku, `has ${quantity} reserved for ${orderId}, which wants ${wanted ?? 'none'}`));
    }
    return found;
  });
  const confirmed = books.orders.filter(({ status }) => status === 'CONFIRMED');
  const ofOrders = confirmed.flatMap(({ orderId, items }) =>
    items
      .filter(({ sku, quantity }) => stock.get(sku)?.pending[orderId] !== quantity)
      .map(({ sku, quantity }) =>
        violation(orderId, `is CONFIRMED with ${quantity} of ${sku}, which are not reserved for it`),
      ),
  );
  return [...ofRows, ...ofOrders];
}

function countAll(books: Books): Record<string, number> {
  const counts: Record<string, number> = {
    orders: books.orders.length,
    payments: books.payments.length,
    shipments: books.shipments.length,
    skus: books.stock.length,
    ...(books.charges && { charges: books.charges.length }),
    ...(books.parcels && { parcels: books.parcels.length }),
  };
  for (const { status } of books.orders) counts[`orders ${status}`] = (counts[`orders ${status}`] ?? 0) + 1;
  return counts;
}

function isUndone({ status }: OrderEntry): boolean {
  return status === 'REJECTED' || status === 'CANCELLED';
}

/** Given back in full, or never taken. */
function isUndonePayment({ status, amountCents, refundedCents }: PaymentEntry): boolean {
  return (status === 'REFUNDED' && refundedCents === amountCents) || (status === 'VOIDED' && refundedCents === 0);
}

function byOrder<Entry extends { readonly orderId: string }>(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.orderId, [...(groups.get(entry.orderId) ?? []), entry]);
  return groups;
}

/** Entries that name an order which is not in the books. */
function withoutOrder(
  books: Books,
  entries: ReadonlyArray<{ orderId: string; status: string }>,
  status: string,
): string[] {
  const known = new Set(books.orders.map(({ orderId }) => orderId));
  return entries.filter((entry) => entry.status === status && !known.has(entry.orderId)).map(({ orderId }) => orderId);
}

function show(payment: PaymentEntry | undefined): string {
  return payment ? `${payment.status} of ${payment.amountCents}, ${payment.refundedCents} given back` : 'missing';
}
