import { createdItemId } from '../../../lib/idempotency/created-item';
import type { PlannedOrder } from '../simulation';
import type { ApiAnswer } from './api';

/** An answer, and when the client had it, in epoch milliseconds. */
export interface TimedAnswer extends ApiAnswer {
  readonly at: number;
}

/** A walk through the pages of a customer's orders. */
export interface OrderList {
  /** Epoch milliseconds. */
  readonly askedAt: number;
  readonly pages: readonly TimedAnswer[];
}

/** What a client has heard of one of its orders. */
export interface ClientRecord {
  readonly order: PlannedOrder;
  /** The id that the order has when it is accepted. */
  readonly orderId: string;
  /** The first answer that settled the request; absent while there is none. */
  accepted?: ApiAnswer;
  /** Answers to the same request once more. */
  readonly repeats: ApiAnswer[];
  /** Answers to another body under the same key. */
  readonly misuses: ApiAnswer[];
  /** Answers to another customer who asks for the order. */
  readonly strangers: ApiAnswer[];
  /** Answers to the wish to cancel, of which the second repeats the first. */
  readonly cancellations: TimedAnswer[];
  /** What the customer saw of all its orders. */
  readonly lists: OrderList[];
}

/** What stands in the address of a customer, and in no log and no answer to somebody else. */
export function addressMark(customerId: string): string {
  return `residence of ${customerId}`;
}

/** The id that an order of the plan has when it is accepted. */
export function orderIdOf({ customerId, key }: PlannedOrder): string {
  return createdItemId('ord_', customerId, 'createOrder', key);
}

/** The record of an order that has not been placed yet. */
export function newRecord(order: PlannedOrder): ClientRecord {
  const orderId = orderIdOf(order);
  return { order, orderId, repeats: [], misuses: [], strangers: [], cancellations: [], lists: [] };
}
