import * as v from 'valibot';
import { InvalidRequestError, NotFoundError } from '../../lib/errors/request-errors';
import { validate } from '../../lib/http/validate';
import type { UrlRequest } from '../../lib/lambda/url-handler';
import { MAX_TOTAL_CENTS } from '../../lib/money';
import { Currency, CustomerId, text, wholeNumber } from '../../lib/service/schemas';

/** What names a charge, a parcel or a message for ever. Fits into a path as it is. */
export const Reference = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/));

const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));

export const ChargeBody = v.strictObject({
  reference: Reference,
  orderId: Reference,
  amountCents: wholeNumber(0, MAX_TOTAL_CENTS),
  currency: Currency,
  token: text(1, 200),
});

export const ParcelBody = v.strictObject({
  reference: Reference,
  orderId: Reference,
  address: v.looseObject({ postalCode: text(1, 20) }),
});

export const MessageBody = v.strictObject({
  reference: Reference,
  customerId: CustomerId,
  type: text(1, 100),
  message: text(1, 2000),
});

/** A part of a request, if it is what `schema` says. @throws {InvalidRequestError} */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  root: string,
): v.InferOutput<Schema> {
  const result = validate(schema, value, root);
  if ('value' in result) return result.value;
  throw new InvalidRequestError('the request is not one that the sandbox takes', result.errors);
}

/** The key under which a repeat is known. @throws {InvalidRequestError} when the header is missing */
export function idempotencyKeyOf({ headers }: UrlRequest): string {
  return check(IdempotencyKey, headers['idempotency-key'], 'Idempotency-Key');
}

/** The reference that the path names. What cannot be one, is not there. @throws {NotFoundError} */
export function referenceOf({ path }: UrlRequest): string {
  const result = validate(Reference, path.reference, 'reference');
  if ('value' in result) return result.value;
  throw new NotFoundError('reference', String(path.reference).slice(0, 200));
}
