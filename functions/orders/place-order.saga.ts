import type { InferOutput } from 'valibot';
import { PARTY_UNDO_RETRY, STEP_RETRY, UNDO_RETRY } from '../../lib/saga/retry-policy';
import { saga } from '../../lib/saga/saga';
import { step } from '../../lib/saga/step-ref';
import { inventory } from '../inventory/contract';
import { payments } from '../payments/contract';
import { shipping } from '../shipping/contract';
import { type FailureCode, orders, type PlaceOrderInput } from './contract';

/**
 * Carries an order out, or undoes it: one row per step. The order is confirmed only when stock, money and parcel are
 * certain; that is the pivot.
 */
export const placeOrder = saga<PlaceOrderInput, InferOutput<typeof FailureCode>>('place-order', 'orderId')
  .compensatable({
    step: step(inventory, 'reserve-stock'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ orderId: input.orderId, lines: input.lines }),
    undo: {
      step: step(inventory, 'release-stock'),
      retry: UNDO_RETRY,
      arguments: ({ input }) => ({ orderId: input.orderId, lines: input.lines }),
    },
    refusals: { StockInsufficientError: 'OUT_OF_STOCK', UnknownSkuError: 'UNKNOWN_SKU' },
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .compensatable({
    step: step(payments, 'charge-payment'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({
      orderId: input.orderId,
      customerId: input.customerId,
      amountCents: input.totalCents,
      currency: input.currency,
    }),
    undo: {
      step: step(payments, 'refund-payment'),
      retry: PARTY_UNDO_RETRY,
      arguments: ({ input }) => ({
        orderId: input.orderId,
        customerId: input.customerId,
        amountCents: input.totalCents,
        currency: input.currency,
      }),
    },
    refusals: { PaymentDeclinedError: 'PAYMENT_DECLINED' },
    unavailable: 'PAYMENT_UNAVAILABLE',
  })
  .compensatable({
    step: step(shipping, 'create-shipment'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    undo: {
      step: step(shipping, 'cancel-shipment'),
      retry: PARTY_UNDO_RETRY,
      finalErrors: ['ParcelHandedOverError'],
      arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    },
    refusals: { AddressRefusedError: 'SHIPPING_REFUSED' },
    unavailable: 'SHIPPING_UNAVAILABLE',
  })
  .pivot({
    step: step(orders, 'confirm-order'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({
      orderId: input.orderId,
      customerId: input.customerId,
      lines: input.lines,
      totalCents: input.totalCents,
      currency: input.currency,
    }),
    refusals: { OrderCancelledError: 'CANCELLED' },
    abandon: {
      step: step(orders, 'abandon-order'),
      retry: UNDO_RETRY,
      arguments: ({ input }) => ({ orderId: input.orderId }),
    },
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .ending({
    whenUndone: {
      step: step(orders, 'reject-order'),
      retry: UNDO_RETRY,
      arguments: ({ input, failure }) => ({ orderId: input.orderId, customerId: input.customerId, failure }),
    },
    whenParked: {
      step: step(orders, 'park-order'),
      retry: UNDO_RETRY,
      arguments: ({ input, failure, failedUndos }) => ({
        orderId: input.orderId,
        customerId: input.customerId,
        saga: 'place-order' as const,
        failure,
        failedUndos,
      }),
    },
  });
