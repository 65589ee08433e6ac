import * as v from 'valibot';

/** Building blocks of contracts. Every string and list is bounded. */

/** An instant in ISO 8601, UTC, milliseconds. */
export const Timestamp = v.pipe(v.string(), v.isoTimestamp());

/** An order's id: `ord_` and 32 lower-case hexadecimal digits. */
export const OrderId = v.pipe(v.string(), v.regex(/^ord_[0-9a-f]{32}$/));

/** A task's id: `tsk_` and 32 lower-case hexadecimal digits. */
export const TaskId = v.pipe(v.string(), v.regex(/^tsk_[0-9a-f]{32}$/));

/** A stock keeping unit: 1 to 40 of `A-Z a-z 0-9 - _ .`, beginning with a letter or digit. */
export const Sku = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/));

/**
 * The customer: `sub` of the access token. A token with a longer one is not let in.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDToken (at most 255 characters)
 */
export const MAX_CUSTOMER_ID_LENGTH = 255;
export const CustomerId = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CUSTOMER_ID_LENGTH));

/** ISO 4217 alphabetic code in capitals. */
export const Currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));

/** A whole number that we write ourselves. */
export const Integer = v.pipe(v.number(), v.integer());

/** A whole number from `min` to `max`, both included. */
export const wholeNumber = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** A string of `min` to `max` characters that has something else than white space. */
export const text = (min: number, max: number) => v.pipe(v.string(), v.minLength(min), v.maxLength(max), v.regex(/\S/));

/** A page of a list: 1 to 100 items, 25 unless told. */
export const PageLimit = wholeNumber(1, 100);

/** The opaque `nextCursor` of the page before. */
export const PageCursor = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));

/** Nothing to say: the input and output of health checks and of most undos. */
export const Nothing = v.strictObject({});
