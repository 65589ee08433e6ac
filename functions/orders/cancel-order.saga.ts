import type { InferOutput } from 'valibot';
import { PARTY_UNDO_RETRY, STEP_RETRY, UNDO_RETRY } from '../../lib/saga/retry-policy';
import { saga } from '../../lib/saga/saga';
import { step } from '../../lib/saga/step-ref';
import { inventory } from '../inventory/contract';
import { payments } from '../payments/contract';
import { shipping } from '../shipping/contract';
import { type FailureCode, orders, type PlaceOrderInput } from './contract';

/**
 * Takes a confirmed order back. The carrier decides: while it has not got the parcel, the parcel is cancelled, and money and stock
 * follow for certain; once it has, the order stays as it is. The order is `CANCELLING` before this begins, so that nobody begins
 * it twice.
 */
export const cancelOrder = saga<PlaceOrderInput, InferOutput<typeof FailureCode>>('cancel-order', 'orderId')
  .pivot({
    step: step(shipping, 'cancel-shipment'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    abandon: {
      step: step(shipping, 'settle-cancellation'),
      retry: PARTY_UNDO_RETRY,
      arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    },
    refusals: { ParcelHandedOverError: 'HANDED_OVER' },
    unavailable: 'SHIPPING_UNAVAILABLE',
  })
  .retryable({
    step: step(payments, 'refund-payment'),
    retry: PARTY_UNDO_RETRY,
    arguments: ({ input }) => ({
      orderId: input.orderId,
      customerId: input.customerId,
      amountCents: input.totalCents,
      currency: input.currency,
    }),
    unavailable: 'PAYMENT_UNAVAILABLE',
  })
  .retryable({
    step: step(inventory, 'return-stock'),
    retry: UNDO_RETRY,
    arguments: ({ input }) => ({ orderId: input.orderId, lines: input.lines }),
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .retryable({
    step: step(orders, 'complete-cancellation'),
    retry: UNDO_RETRY,
    arguments: ({ input }) => ({ orderId: input.orderId, customerId: input.customerId }),
    unavailable: 'SERVICE_UNAVAILABLE',
  })
  .ending({
    whenUndone: {
      step: step(orders, 'keep-order'),
      retry: UNDO_RETRY,
      arguments: ({ input }) => ({ orderId: input.orderId }),
    },
    whenParked: {
      step: step(orders, 'park-order'),
      retry: UNDO_RETRY,
      arguments: ({ input, failure, failedUndos }) => ({
        orderId: input.orderId,
        customerId: input.customerId,
        saga: 'cancel-order' as const,
        failure,
        failedUndos,
      }),
    },
  });
