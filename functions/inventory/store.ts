import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { StepUndoneError } from '../../lib/errors/saga-errors';
import { batchGet } from '../../lib/table/dynamodb-batch-get';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import {
  explainReservation,
  type Line,
  OnHandBelowReservedError,
  StockContendedError,
  StockInsufficientError,
  type StockRow,
  UnknownSkuError,
} from './domain';

/**
 * How long a released order's late reservation is refused by the row itself. Longer than the time in which a reservation can
 * come (its deadline is 67 seconds after its state was entered), clocks that differ included; after it the participant
 * refuses it anyway. Not longer than needed: each entry makes the row larger, and with it the price of each write.
 */
export const RELEASED_FOR_SECONDS = 300;

/** So many expired entries are left in `released` until one write removes them together. */
const PRUNE_FROM = 20;

/** Tries against writers in between, before the caller is told to come again. */
const MAX_TRIES = 5;

export function findStock(table: Table, sku: string): Promise<StockRow | undefined> {
  return findItem(table, { sku });
}

/** Name, price and count as the caller sets them. What is reserved stays reserved. */
export async function putStock(
  table: Table,
  item: Pick<StockRow, 'sku' | 'name' | 'unitPriceCents' | 'currency'> & { onHand: number },
  now: number,
): Promise<{ row: StockRow; created: boolean }> {
  const { sku, name, unitPriceCents, currency, onHand } = item;
  const updatedAt = toTimestamp(now);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    let changed: StockRow | undefined;
    const update = new UpdateCommand({
      TableName: table.name,
      Key: { sku },
      UpdateExpression:
        'SET #name = :name, unitPriceCents = :price, currency = :currency, available = :onHand - reserved, updatedAt = :now',
      ConditionExpression: 'attribute_exists(sku) AND reserved <= :onHand',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: {
        ':name': name,
        ':price': unitPriceCents,
        ':currency': currency,
        ':onHand': onHand,
        ':now': updatedAt,
      },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const conflict = await findConflict<StockRow>(
      table.client.send(update).then(({ Attributes }) => {
        changed = Attributes as StockRow;
      }),
    );
    if (changed) return { row: changed, created: false };
    if (conflict?.sku !== undefined) throw new OnHandBelowReservedError(onHand, conflict.reserved ?? 0);
    const row: StockRow = {
      sku,
      name,
      unitPriceCents,
      currency,
      available: onHand,
      reserved: 0,
      pending: {},
      released: {},
      updatedAt,
    };
    const put = new PutCommand({ TableName: table.name, Item: row, ConditionExpression: 'attribute_not_exists(sku)' });
    if (!(await findConflict(table.client.send(put)))) return { row, created: true };
  }
  throw new StockContendedError(sku);
}

/** The prices of the SKUs that exist. Each SKU at most once, at most 100. */
export function listPrices(
  table: Table,
  skus: readonly string[],
): Promise<Array<Pick<StockRow, 'sku' | 'unitPriceCents' | 'currency'>>> {
  const keys = skus.map((sku) => ({ sku }));
  return batchGet(table, keys, { attributes: ['sku', 'unitPriceCents', 'currency'] });
}

/**
 * Reserves one line for an order: one conditional write. A repeat changes nothing.
 *
 * @throws {UnknownSkuError | StockInsufficientError} refusals
 * @throws {StepUndoneError} when the order's reservation was released before
 */
export async function reserve(table: Table, orderId: string, line: Line, now: number): Promise<void> {
  const enoughIsAvailable = 'available >= :quantity';
  const notReservedYet = 'attribute_not_exists(pending.#order)';
  const notReleasedBefore = 'attribute_not_exists(released.#order)';
  const conflict = await findConflict<StockRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { sku: line.sku },
        UpdateExpression:
          'SET pending.#order = :quantity, available = available - :quantity, reserved = reserved + :quantity, updatedAt = :now',
        ConditionExpression: `${enoughIsAvailable} AND ${notReservedYet} AND ${notReleasedBefore}`,
        ExpressionAttributeNames: { '#order': orderId },
        ExpressionAttributeValues: { ':quantity': line.quantity, ':now': toTimestamp(now) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (!conflict) return;
  switch (explainReservation(conflict, orderId)) {
    case 'reserved already':
      return;
    case 'released before':
      throw new StepUndoneError('ReserveStock', orderId);
    case 'unknown SKU':
      throw new UnknownSkuError(line.sku);
    case 'insufficient':
      throw new StockInsufficientError(line.sku, line.quantity, conflict.available ?? 0);
  }
}

/**
 * Gives one line of an order back, or makes sure that it will never be taken: whichever the row needs. A repeat changes
 * nothing.
 *
 * @throws {StockContendedError} when other writers come in between each time
 */
export async function release(table: Table, orderId: string, line: Line, now: number): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const conflict = await write(table, orderId, line, now, 'give back');
    if (!conflict) return;
    const isUnknown = conflict.sku === undefined;
    if (isUnknown || conflict.released?.[orderId] !== undefined) return;
    if (!(await write(table, orderId, line, now, 'refuse later'))) return;
  }
  throw new StockContendedError(line.sku);
}

async function write(table: Table, orderId: string, line: Line, now: number, form: 'give back' | 'refuse later') {
  const isReserved = 'pending.#order = :quantity';
  const isNotReserved = 'attribute_exists(sku) AND attribute_not_exists(pending.#order)';
  const nowSeconds = Math.floor(now / 1000);
  let changed: StockRow | undefined;
  const command = new UpdateCommand({
    TableName: table.name,
    Key: { sku: line.sku },
    UpdateExpression:
      form === 'give back'
        ? 'SET released.#order = :until, available = available + :quantity, reserved = reserved - :quantity, updatedAt = :now REMOVE pending.#order'
        : 'SET released.#order = :until',
    ConditionExpression: form === 'give back' ? isReserved : isNotReserved,
    ExpressionAttributeNames: { '#order': orderId },
    ExpressionAttributeValues: {
      ':until': nowSeconds + RELEASED_FOR_SECONDS,
      ...(form === 'give back' && { ':quantity': line.quantity, ':now': toTimestamp(now) }),
    },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const conflict = await findConflict<StockRow>(
    table.client.send(command).then(({ Attributes }) => {
      changed = Attributes as StockRow;
    }),
  );
  if (changed) await prune(table, changed, nowSeconds);
  return conflict;
}

/** Removes what has expired, many at once, so that the row stays small. An entry is never set again once it is there. */
async function prune(table: Table, row: StockRow, nowSeconds: number): Promise<void> {
  const expired = Object.entries(row.released).filter(([, until]) => until < nowSeconds);
  if (expired.length < PRUNE_FROM) return;
  const some = expired.slice(0, 100).map(([orderId]) => orderId);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { sku: row.sku },
      UpdateExpression: `REMOVE ${some.map((_, index) => `released.#${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(some.map((orderId, index) => [`#${index}`, orderId])),
    }),
  );
}
