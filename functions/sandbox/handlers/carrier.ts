import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { digest } from '../../../lib/id';
import { type UrlRoutes, urlHandler } from '../../../lib/lambda/url-handler';
import { openSecret } from '../../../lib/secrets/aws-secret';
import { ENV } from '../../../lib/service/names';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { carryOut, type Wait } from '../carry-out';
import { check, idempotencyKeyOf, ParcelBody, referenceOf } from '../check';
import { type CancellableEntry, planParcel } from '../domain';
import { cancelEntry, countAttempt, findEntry } from '../store';

/** The carrier, as functions/shipping/carrier.ts expects one: the postal code decides what it does. No address is kept. */
export const carrier = (table: Table, wait: Wait, clock: Clock): UrlRoutes => ({
  'POST /parcels': async (request) => {
    const { address, reference, orderId } = check(ParcelBody, request.body, 'body');
    const idempotencyKey = idempotencyKeyOf(request);
    await countAttempt(table, 'parcels', { reference, idempotencyKey }, clock.now());
    const entry: CancellableEntry = {
      book: 'parcels',
      reference,
      orderId,
      status: 'BOOKED',
      idempotencyKey,
      trackingNumber: `SBX${digest(reference).slice(0, 12).toUpperCase()}`,
      updatedAt: toTimestamp(clock.now()),
    };
    const result = await carryOut(planParcel(address.postalCode), entry, { table, wait, request });
    return { status: result.created ? 201 : 200, body: toParcel(result.entry) };
  },
  'GET /parcels/{reference}': async (request) => {
    const reference = referenceOf(request);
    const entry = await findEntry(table, 'parcels', reference);
    if (!entry) throw new NotFoundError('parcel', reference);
    return { status: 200, body: toParcel(entry) };
  },
  'POST /parcels/{reference}/cancel': async (request) => {
    const entry = await cancelEntry(table, 'parcels', referenceOf(request), clock.now());
    return { status: 200, body: toParcel(entry) };
  },
});

function toParcel({ reference, orderId, status, trackingNumber, handedOver }: CancellableEntry) {
  return { reference, orderId, status, trackingNumber, ...(handedOver && { handedOver }) };
}

export const handler = urlHandler(carrier(openTable(), wait, systemClock), openSecret(requireEnv(ENV.ownSecretArn)));
