import * as v from 'valibot';
import { MAX_TOTAL_CENTS } from '../../lib/money';
import { Currency, CustomerId, Integer, OrderId, Sku, Timestamp, text, wholeNumber } from '../../lib/service/schemas';
import { isCountryCode } from './country';

/** Lines of one order, and pieces of one line. */
export const MAX_LINES = 20;
export const MAX_QUANTITY = 1000;

/** Stands for a card at the payment provider: 1 to 200 visible ASCII characters. */
export const PaymentToken = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/));

/** Where a parcel goes. */
export const Address = v.strictObject({
  name: text(1, 100),
  line1: text(1, 200),
  line2: v.optional(text(1, 200)),
  city: text(1, 100),
  postalCode: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$/)),
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/), v.check(isCountryCode, 'must be an ISO 3166-1 country code')),
});

export type Address = v.InferOutput<typeof Address>;

const Lines = v.pipe(
  v.array(v.strictObject({ sku: Sku, quantity: wholeNumber(1, MAX_QUANTITY) })),
  v.minLength(1),
  v.maxLength(MAX_LINES),
);

export const CreateOrderBody = v.strictObject({
  items: Lines,
  payment: v.strictObject({ token: PaymentToken }),
  shipTo: Address,
});

/** What the API shows; see the domain for what is stored. */
export const OrderStatus = v.picklist(['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION']);

export const RejectionCode = v.picklist([
  'OUT_OF_STOCK',
  'UNKNOWN_SKU',
  'PAYMENT_DECLINED',
  'PAYMENT_UNAVAILABLE',
  'SHIPPING_REFUSED',
  'SHIPPING_UNAVAILABLE',
  'SERVICE_UNAVAILABLE',
]);

/** Why a saga gave up: what makes a rejection, and what ends it otherwise. */
export const FailureCode = v.picklist([...RejectionCode.options, 'CANCELLED', 'HANDED_OVER']);

export const Order = v.strictObject({
  orderId: OrderId,
  status: OrderStatus,
  items: v.array(v.strictObject({ sku: Sku, quantity: Integer, unitPriceCents: Integer })),
  totalCents: Integer,
  currency: Currency,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  rejection: v.optional(v.strictObject({ code: RejectionCode, step: v.string(), detail: v.string() })),
});

/** Why the saga gave up, as its state machine reports it: the refusing step, our code for it, and the raw cause. */
export const Failure = v.strictObject({
  code: FailureCode,
  step: v.pipe(v.string(), v.maxLength(80)),
  error: v.pipe(v.string(), v.maxLength(256)),
  cause: v.optional(v.string()),
});

/** What every command that moves an order says of it, for the event that tells of the move: so nothing has to be read. */
export const OrderOwner = { orderId: OrderId, customerId: CustomerId };

/** All that the sagas know of an order. */
export const PlacedOrder = v.strictObject({
  ...OrderOwner,
  lines: Lines,
  totalCents: wholeNumber(0, MAX_TOTAL_CENTS),
  currency: Currency,
});
