/** What the services and the outside parties have written down, as far as the audit needs it. */
export interface Books {
  readonly orders: readonly OrderEntry[];
  readonly stock: readonly StockEntry[];
  /** What was brought back of orders that were cancelled after they were confirmed; absent when it is not looked at. */
  readonly returns?: readonly ReturnEntry[];
  readonly payments: readonly PaymentEntry[];
  readonly shipments: readonly ShipmentEntry[];
  /** The payment provider's own books; absent when it does not show them. */
  readonly charges?: readonly ChargeEntry[];
  /** The carrier's own books; absent when it does not show them. */
  readonly parcels?: readonly ParcelEntry[];
  /** The executions of the orders' sagas; absent when they are not looked at, or the sagas are Express ones, which cannot be listed. */
  readonly executions?: readonly ExecutionEntry[];
  /** The queues that take what failed for good; absent when they are not looked at. */
  readonly failureQueues?: readonly FailureQueueEntry[];
}

export interface OrderEntry {
  readonly orderId: string;
  readonly status: string;
  readonly totalCents: number;
  readonly items: ReadonlyArray<{ readonly sku: string; readonly quantity: number; readonly unitPriceCents: number }>;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Set when the saga has given the confirmation up. */
  readonly abandonedAt?: string;
  readonly confirmedAt?: string;
  readonly cancelRequestedAt?: string;
  /** It was read after all other books: they may know less of it. */
  readonly isNewer?: true;
}

export interface StockEntry {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
  /** Pieces by order. */
  readonly pending: Readonly<Record<string, number>>;
  /** Orders whose reservation is over, given back or sold, with the epoch seconds until which that is remembered. */
  readonly released?: Readonly<Record<string, number>>;
  /** Pieces sold and pieces brought back, ever; absent: none. */
  readonly sold?: number;
  readonly returned?: number;
  /** What was there when the shop last counted, and what was sold and brought back before. */
  readonly counted?: number;
  readonly soldBefore?: number;
  readonly returnedBefore?: number;
}

export interface ReturnEntry {
  readonly orderId: string;
  readonly returnedSku: string;
  readonly quantity: number;
  readonly returnedAt: string;
}

export interface PaymentEntry {
  readonly orderId: string;
  readonly status: string;
  readonly amountCents: number;
  readonly refundedCents: number;
}

export interface ShipmentEntry {
  readonly orderId: string;
  readonly status: string;
}

export interface ChargeEntry {
  readonly reference: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly status: string;
}

export interface ParcelEntry {
  readonly reference: string;
  readonly orderId: string;
  readonly status: string;
}

export interface ExecutionEntry {
  /** `place-order` or `cancel-order`, whatever machine it ran on. */
  readonly saga: string;
  /** The order's id, with `-1`, `-2`, … for those that took the saga up. */
  readonly name: string;
  /** As Step Functions says it, such as `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`. */
  readonly status: string;
}

export interface FailureQueueEntry {
  readonly queue: string;
  /** Visible and hidden ones. */
  readonly messages: number;
}
