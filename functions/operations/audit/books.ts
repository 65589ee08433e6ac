/** What the services and the outside parties have written down, as far as the audit needs it. */
export interface Books {
  readonly orders: readonly OrderEntry[];
  readonly stock: readonly StockEntry[];
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
}

export interface StockEntry {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
  /** Pieces by order. */
  readonly pending: Readonly<Record<string, number>>;
  /** Orders that have given their pieces back, with the epoch seconds until which that is remembered. */
  readonly released?: Readonly<Record<string, number>>;
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
