import { optional, strictObject } from 'valibot';
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
import type { Book } from '../domain';
import { type CountedEntry, liftRefundFault, listEntries } from '../store';

const BooksQuery = strictObject({ reference: optional(Reference), cursor: optional(PageCursor) });

/** What the provider and the carrier have in their books, for an audit; and the end of a fault that was asked for. */
export const books = (table: Table): UrlRoutes => ({
  'GET /charges': (request) => list(table, 'charges', request, toCharge),
  'GET /parcels': (request) => list(table, 'parcels', request, toParcel),
  'DELETE /charges/{reference}/fault': async (request) => {
    const reference = referenceOf(request);
    if (!(await liftRefundFault(table, reference))) throw new NotFoundError('charge', reference);
    return { status: 204, body: '' };
  },
});

async function list(
  table: Table,
  book: Book,
  request: UrlRequest,
  toItem: (entry: CountedEntry) => object,
): Promise<HttpAnswer> {
  const { reference, cursor } = check(BooksQuery, request.query, 'query');
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['reference']).reference;
  const { entries, next } = await listEntries(table, book, { reference, after });
  const nextCursor = next === undefined ? undefined : encodeCursor({ reference: next });
  return { status: 200, body: { items: entries.map(toItem), nextCursor } };
}

function toCharge({ reference, orderId, amountCents = 0, status, attempts }: CountedEntry) {
  return { reference, orderId, amountCents, status, attempts };
}

function toParcel({ reference, orderId, status, attempts }: CountedEntry) {
  return { reference, orderId, status, attempts };
}

export const handler = urlHandler(books(openTable()), openSecret(requireEnv(ENV.ownSecretArn)));
