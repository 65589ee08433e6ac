import type { Clock } from '../../lib/clock';
import { effectRecord } from '../../lib/idempotency/dynamodb-outside-effect';
import type { EffectRecord, OutsideEffect } from '../../lib/idempotency/outside-effect';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import { type PaymentRow, type PaymentStatus, type PaymentTerms, TRANSITIONS } from './domain';

/** A charge as an effect outside. `REFUNDED` and `VOIDED` are what the provider says that its undo came to. */
export const CHARGE: OutsideEffect<PaymentStatus> = {
  what: 'payment',
  step: 'ChargePayment',
  settled: 'CAPTURED',
  refused: 'DECLINED',
  never: 'VOIDED',
  edges: TRANSITIONS,
};

export function findPayment(table: Table, orderId: string): Promise<PaymentRow | undefined> {
  return findItem(table, { orderId });
}

/** The record of an order's charge. `providerKey` is given by the step, which passes it on; the undo has none. */
export function chargeRecord(
  table: Table,
  { orderId, customerId, amountCents, currency }: PaymentTerms,
  clock: Clock,
  providerKey?: string,
): EffectRecord<PaymentStatus> {
  return effectRecord(table, {
    effect: CHARGE,
    key: { orderId },
    terms: { customerId, amountCents, refundedCents: 0, currency },
    ...(providerKey !== undefined && { intent: { providerKey } }),
    now: () => clock.now(),
  });
}
