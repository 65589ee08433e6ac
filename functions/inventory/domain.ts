import { AppError } from '../../lib/errors/app-error';

/** One SKU as it is stored. `onHand = available + reserved`; `pending` says for which orders. */
export interface StockRow {
  readonly sku: string;
  readonly name: string;
  readonly unitPriceCents: number;
  readonly currency: string;
  /** Not yet promised to anybody. Never negative. */
  readonly available: number;
  /** Promised to orders, the sum of `pending`. */
  readonly reserved: number;
  /** Pieces by the order they are reserved for. */
  readonly pending: Readonly<Record<string, number>>;
  /** Orders whose reservation is over, given back or sold, with the epoch seconds until which a late one must be refused. */
  readonly released: Readonly<Record<string, number>>;
  readonly updatedAt: string;
  /** Pieces sold, and pieces brought back by orders that were taken back, since the row is there. Absent: none. */
  readonly sold?: number;
  readonly returned?: number;
  /** What `onHand`, `sold` and `returned` were when the shop last counted: `onHand` is told by what was sold and returned since. */
  readonly counted?: number;
  readonly soldBefore?: number;
  readonly returnedBefore?: number;
}

/** Says for ever that one line of an order is back. It lies beside the stock, under a key that is no SKU. */
export interface ReturnRecord {
  readonly sku: string;
  readonly orderId: string;
  readonly returnedSku: string;
  readonly quantity: number;
  readonly returnedAt: string;
}

/** The key of the record that a line is back. No SKU has a `#`. */
export function returnKey(orderId: string, sku: string): string {
  return `return#${orderId}#${sku}`;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** There is no such SKU. Never retried. */
export class UnknownSkuError extends AppError {
  override readonly name = 'UnknownSkuError';
  constructor(sku: string) {
    super(`there is no SKU ${JSON.stringify(sku)}`, { code: 'UNKNOWN_SKU', status: 422 });
  }
}

/** Less is available than was asked for. Never retried. */
export class StockInsufficientError extends AppError {
  override readonly name = 'StockInsufficientError';
  constructor(sku: string, asked: number, available: number) {
    super(`${asked} of ${sku} asked for, ${available} available`, { code: 'OUT_OF_STOCK', status: 409 });
  }
}

/** The count in the warehouse cannot be set below what is reserved. */
export class OnHandBelowReservedError extends AppError {
  override readonly name = 'OnHandBelowReservedError';
  constructor(onHand: number, reserved: number) {
    super(`onHand must be at least what is reserved, ${reserved}, got ${onHand}`, {
      code: 'ON_HAND_BELOW_RESERVED',
      status: 409,
    });
  }
}

/** The row changed while it was being changed. Worth a retry. */
export class StockContendedError extends AppError {
  override readonly name = 'StockContendedError';
  constructor(sku: string) {
    super(`${sku} is being changed by many at the moment; try again`, {
      code: 'CONTENDED',
      status: 503,
      retryable: true,
      retryAfterSeconds: 1,
    });
  }
}

/** A row that holds nothing but notes about orders: the SKU itself was never put. */
export function isPlaceholder(row: Partial<StockRow>): boolean {
  return row.name === undefined;
}

/** What stood in the way of a reservation. */
export type ReservationConflict = 'reserved already' | 'released before' | 'unknown SKU' | 'insufficient' | 'crowded';

/** Tells from the row that refused a reservation why it did. */
export function explainReservation(row: Partial<StockRow>, orderId: string, quantity: number): ReservationConflict {
  if (row.pending?.[orderId] !== undefined) return 'reserved already';
  if (row.released?.[orderId] !== undefined) return 'released before';
  if (isPlaceholder(row)) return 'unknown SKU';
  return (row.available ?? 0) < quantity ? 'insufficient' : 'crowded';
}

/** The lines in the order in which every order takes them, whatever the order in which they were written. */
export function inTakingOrder(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** So many expired entries are left in `released` until one write removes them together. */
const PRUNE_FROM = 20;

/** So many at once: an expression may have 300 operators, and each entry takes two of them. */
const PRUNE_AT_ONCE = 100;

/**
 * The orders that the writer for `orderId` removes from `released`: none while few have expired, as a write for each would cost
 * more than it saves; and none for fifteen writers of sixteen, as all that see the same row would try to remove the same. Ids
 * of orders are hexadecimal and evenly spread.
 */
export function listPrunable(released: StockRow['released'], orderId: string, nowSeconds: number): string[] {
  if (!orderId.endsWith('0')) return [];
  const expired = Object.keys(released).filter((id) => (released[id] ?? nowSeconds) < nowSeconds);
  return expired.length < PRUNE_FROM ? [] : expired.slice(0, PRUNE_AT_ONCE);
}

/** The row as the API shows it. */
export function toStockItem(row: StockRow) {
  const { sku, name, unitPriceCents, currency, available, reserved, updatedAt } = row;
  return { sku, name, unitPriceCents, currency, onHand: available + reserved, reserved, available, updatedAt };
}
