import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { batchGet } from '../../lib/table/dynamodb-batch-get';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import {
  type Book,
  type CancellableBook,
  type CancellableEntry,
  type Entry,
  HandedOverError,
  RefundRefusedError,
  STATES,
} from './domain';

/** Entries of a page: as many as one BatchGetItem takes. */
const PAGE_SIZE = 100;

/** A reserved word of DynamoDB, which expressions must not spell out. */
const REFERENCE = { '#reference': 'reference' };

/** How long a counter is kept after its last attempt: longer than anybody repeats a request. */
const COUNTER_KEPT_SECONDS = 30 * 24 * 3600;

/** One counter for each entry, whether it comes to be or not. Its own kind of book, so that no entry is made by counting. */
const counterKey = (book: Book, reference: string) => ({ book: 'attempts', reference: `${book}/${reference}` });

/** Counts an attempt. Answers which one it is with this Idempotency-Key, from 1. */
export async function countAttempt(
  table: Table,
  book: Book,
  { reference, idempotencyKey }: { reference: string; idempotencyKey: string },
  now: number,
): Promise<number> {
  const ofKey = `key ${idempotencyKey}`;
  const { Attributes } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: counterKey(book, reference),
      UpdateExpression: 'SET expiresAtSeconds = :expires ADD attempts :one, #ofKey :one',
      ExpressionAttributeNames: { '#ofKey': ofKey },
      ExpressionAttributeValues: { ':one': 1, ':expires': Math.floor(now / 1000) + COUNTER_KEPT_SECONDS },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.[ofKey]);
}

/** Enters a charge, a parcel or a message. Answers the entry that is there already, if any. */
export async function enter<Kind extends Entry>(table: Table, entry: Kind): Promise<Kind | undefined> {
  const conflict = await findConflict<Kind>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: entry,
        ConditionExpression: 'attribute_not_exists(book)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict as Kind | undefined;
}

/** The entry as the last write left it: a caller that lost a reply must see what became of it. */
export function findEntry(
  table: Table,
  book: CancellableBook,
  reference: string,
): Promise<CancellableEntry | undefined> {
  return findItem(table, { book, reference });
}

/**
 * Cancels what is there, or blocks the reference for ever. Answers the entry as it is then, a repeat the same. Two writes are
 * enough whoever else writes: an entry never goes away, and is cancelled once.
 *
 * @throws {RefundRefusedError} while the entry has a refund fault
 * @throws {HandedOverError} when it is a parcel that was handed over
 */
export async function cancelEntry(
  table: Table,
  book: CancellableBook,
  reference: string,
  now: number,
): Promise<CancellableEntry> {
  const { done, undone, blocked } = STATES[book];
  const updatedAt = toTimestamp(now);
  const block: CancellableEntry = { book, reference, orderId: reference, status: blocked, updatedAt };
  const existing = await enter(table, block);
  if (!existing) return block;
  if (existing.status !== done) return existing;
  const isDone = '#status = :done';
  const isWithoutFault = 'attribute_not_exists(refundFault)';
  const isNotHandedOver = 'attribute_not_exists(handedOver)';
  const conflict = await findConflict<CancellableEntry>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { book, reference },
        UpdateExpression: 'SET #status = :undone, updatedAt = :now',
        ConditionExpression: `${isDone} AND ${isWithoutFault} AND ${isNotHandedOver}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':done': done, ':undone': undone, ':now': updatedAt },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (conflict?.handedOver) throw new HandedOverError(reference);
  if (conflict?.status === done) throw new RefundRefusedError(reference);
  return { ...existing, status: undone, updatedAt: conflict?.updatedAt ?? updatedAt };
}

/**
 * Puts a booked parcel into the carrier's hands. Answers the entry that stands in the way, without attributes when there is
 * none; `undefined` when it was done, now or before.
 */
export function handOver(table: Table, reference: string, now: number): Promise<Partial<CancellableEntry> | undefined> {
  return findConflict<CancellableEntry>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { book: 'parcels' satisfies Book, reference },
        UpdateExpression: 'SET handedOver = :true, updatedAt = :now',
        ConditionExpression: '#status = :booked',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':true': true, ':booked': STATES.parcels.done, ':now': toTimestamp(now) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Lets refunds of a charge go through again. Answers whether there is such a charge. */
export async function liftRefundFault(table: Table, reference: string): Promise<boolean> {
  const conflict = await findConflict<Entry>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { book: 'charges' satisfies Book, reference },
        UpdateExpression: 'REMOVE refundFault',
        ConditionExpression: 'attribute_exists(book)',
      }),
    ),
  );
  return conflict === undefined;
}

/** An entry and how often it was attempted. */
export type Counted<Kind extends Entry> = Kind & { readonly attempts: number };

/** A page of a book by reference, as the last writes left it; with `reference`, that entry only. */
export async function listEntries<Kind extends Entry>(
  table: Table,
  book: Kind['book'],
  { reference, after }: { reference?: string | undefined; after?: string | undefined },
): Promise<{ entries: Counted<Kind>[]; next?: string }> {
  const isTheReference = reference === undefined ? '' : ' AND #reference = :reference';
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: `book = :book${isTheReference}`,
      ...(reference !== undefined && { ExpressionAttributeNames: REFERENCE }),
      ExpressionAttributeValues: { ':book': book, ...(reference !== undefined && { ':reference': reference }) },
      ConsistentRead: true,
      Limit: PAGE_SIZE,
      ...(after !== undefined && { ExclusiveStartKey: { book, reference: after } }),
    }),
  );
  const entries = (page.Items ?? []) as Kind[];
  const attempts = await countsOf(table, entries);
  const last = page.LastEvaluatedKey;
  return {
    entries: entries.map((entry) => ({ ...entry, attempts: attempts.get(entry.reference) ?? 0 })),
    ...(last && { next: String(last.reference) }),
  };
}

async function countsOf(table: Table, entries: readonly Entry[]): Promise<Map<string, number>> {
  const keys = entries.map(({ book, reference }) => counterKey(book, reference));
  const attributes = ['reference', 'attempts'];
  const counters = await batchGet<{ reference: string; attempts: number }>(table, keys, { attributes });
  return new Map(counters.map(({ reference, attempts }) => [reference.replace(/^[^/]*\//, ''), attempts]));
}
