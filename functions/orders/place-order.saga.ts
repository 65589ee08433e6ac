import type { InferOutput } from 'valibot';
import { saga } from '../../lib/saga/saga';
import { step } from '../../lib/saga/step-ref';
import { inventory } from '../inventory/contract';
import { payments } from '../payments/contract';
import { shipping } from '../shipping/contract';
import { orders, type PlaceOrderInput, type RejectionCode } from './contract';

/**
 * Carries an order out, or undoes it: one row per step. The order is confirmed only when stock, money and parcel are
 * certain; that is the pivot.
 */
export const placeOrder = saga<PlaceOrderInput, InferOutput<typeof RejectionCode>>('place-order')
  .compensatable({
    step: step(inventory, 'reserve-stock'),
    arguments: ({ input }) => ({ orderId: input.orderId, lines: input.lines }),
    undo: {
      step: step(inventory, 'release-stock'),
      arguments: ({ input }) => ({ orderId: input.orderId, lines: input.lines }),
    },
    refusals: { StockInsufficientError: 'OUT_OF_STOCK', UnknownSkuError: 'UNKNOWN_SKU' },
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .compensatable({
    step: step(payments, 'charge-payment'),
    arguments: ({ input }) => ({
      orderId: input.orderId,
      customerId: input.customerId,
      amountCents: input.totalCents,
      currency: input.currency,
    }),
    undo: {
      step: step(payments, 'refund-payment'),
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
    arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    undo: {
      step: step(shipping, 'cancel-shipment'),
      arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    },
    refusals: { AddressRefusedError: 'SHIPPING_REFUSED' },
    unavailable: 'SHIPPING_UNAVAILABLE',
  })
  .pivot({
    step: step(orders, 'confirm-order'),
    arguments: ({ input }) => ({ orderId: input.orderId }),
    abandon: {
      step: step(orders, 'abandon-order'),
      arguments: ({ input }) => ({ orderId: input.orderId }),
    },
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .ending({
    whenUndone: {
      step: step(orders, 'reject-order'),
      arguments: ({ input, failure }) => ({ orderId: input.orderId, failure }),
    },
    whenParked: {
      step: step(orders, 'park-order'),
      arguments: ({ input, failure, failedUndos }) => ({ orderId: input.orderId, failure, failedUndos }),
    },
  });
