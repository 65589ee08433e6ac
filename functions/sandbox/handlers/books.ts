import { optional, strictObject } from 'valibot';
import { type Clock, systemClock } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { decodeCursor, encodeCursor } from '../../../lib/http/cursor';
import type { HttpAnswer } from '../../../lib/lambda/http-handler';
import { type UrlRequest, type UrlRoutes, urlHandler } from '../../../lib/lambda/url-handler';
import { openSecret } from '../../../lib/secrets/aws-secret';
import { ENV } from '../../../lib/service/names';
import { PageCursor } from '../../../lib/service/schemas';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { check, Reference, referenceOf } from '../check';
import { type CancellableEntry, type Entry, type Message, ParcelNotBookedError } from '../domain';
import { type Counted, handOver, liftRefundFault, listEntries } from '../store';

const BooksQuery = strictObject({ reference: optional(Reference), cursor: optional(PageCursor) });

/**
 * What the provider, the carrier and the sender have in their books, for an audit; the end of a fault that was asked for; and the hand-over of a
 * parcel, which a real carrier does without being asked.
 */
export const books = (table: Table, clock: Clock): UrlRoutes => ({
  'GET /charges': (request) => list(table, 'charges', request, toCharge),
  'GET /parcels': (request) => list(table, 'parcels', request, toParcel),
  'GET /messages': (request) => list(table, 'messages', request, toMessage),
  'DELETE /charges/{reference}/fault': async (request) => {
    const reference = referenceOf(request);
    if (!(await liftRefundFault(table, reference))) throw new NotFoundError('charge', reference);
    return { status: 204, body: '' };
  },
  'POST /parcels/{reference}/hand-over': async (request) => {
    const reference = referenceOf(request);
    const conflict = await handOver(table, reference, clock.now());
    if (conflict?.status !== undefined) throw new ParcelNotBookedError(reference, conflict.status);
    if (conflict) throw new NotFoundError('parcel', reference);
    return { status: 200, body: { reference, handedOver: true } };
  },
});

async function list<Kind extends Entry>(
  table: Table,
  book: Kind['book'],
  request: UrlRequest,
  toItem: (entry: Counted<Kind>) => object,
): Promise<HttpAnswer> {
  const { reference, cursor } = check(BooksQuery, request.query, 'query');
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['reference']).reference;
  const { entries, next } = await listEntries<Kind>(table, book, { reference, after });
  const nextCursor = next === undefined ? undefined : encodeCursor({ reference: next });
  return { status: 200, body: { items: entries.map(toItem), nextCursor } };
}

function toCharge({ reference, orderId, amountCents = 0, status, attempts }: Counted<CancellableEntry>) {
  return { reference, orderId, amountCents, status, attempts };
}

function toParcel({ reference, orderId, status, attempts }: Counted<CancellableEntry>) {
  return { reference, orderId, status, attempts };
}

function toMessage({ reference, customerId, type, status, attempts }: Counted<Message>) {
  return { reference, customerId, type, status, attempts };
}

export const handler = urlHandler(books(openTable(), systemClock), openSecret(requireEnv(ENV.ownSecretArn)));
