import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { StepUndoneError } from '../../lib/errors/saga-errors';
import { retryContended } from '../../lib/idempotency/dynamodb-contention';
import { batchGet } from '../../lib/table/dynamodb-batch-get';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import {
  explainReservation,
  isPlaceholder,
  type Line,
  listPrunable,
  OnHandBelowReservedError,
  StockContendedError,
  StockInsufficientError,
  type StockRow,
  UnknownSkuError,
} from './domain';

/**
 * How long the row itself refuses a late reservation of an order that gave its pieces back or bought them. Longer than the time
 * in which one can come: its deadline, the time limit of the function that took it in time, and clocks that differ. Not longer
 * than needed: each entry makes the row larger, and with it the price of each write.
 */
export const RELEASED_FOR_SECONDS = 300;

/**
 * A row with so many open reservations, or so many orders in `released`, takes no more reservations. What is left of
 * DynamoDB's 400 KB then is for the notes of orders that give back, which must always be possible.
 */
export const MAX_OPEN_RESERVATIONS = 5_000;
export const MAX_RELEASED = 2_000;

export async function findStock(table: Table, sku: string): Promise<StockRow | undefined> {
  const row = await findItem<StockRow>(table, { sku });
  return row && !isPlaceholder(row) ? row : undefined;
}

/**
 * Name, price and count as the caller sets them, in one conditional write. What is reserved stays reserved.
 *
 * @throws {OnHandBelowReservedError} when more is reserved than is counted
 */
export async function putStock(
  table: Table,
  item: Pick<StockRow, 'sku' | 'name' | 'unitPriceCents' | 'currency'> & { onHand: number },
  now: number,
): Promise<{ row: StockRow; created: boolean }> {
  const { sku, name, unitPriceCents, currency, onHand } = item;
  const values = { name, unitPriceCents, currency, updatedAt: toTimestamp(now) };
  let before: Partial<StockRow> = {};
  const update = new UpdateCommand({
    TableName: table.name,
    Key: { sku },
    UpdateExpression: `SET #name = :name, unitPriceCents = :unitPriceCents, currency = :currency, updatedAt = :updatedAt,
      available = :onHand - if_not_exists(reserved, :zero), reserved = if_not_exists(reserved, :zero),
      pending = if_not_exists(pending, :none), released = if_not_exists(released, :none),
      counted = :onHand, soldBefore = if_not_exists(sold, :zero), returnedBefore = if_not_exists(returned, :zero)`,
    ConditionExpression: 'attribute_not_exists(reserved) OR reserved <= :onHand',
    ExpressionAttributeNames: { '#name': 'name' },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(values).map(([attribute, value]) => [`:${attribute}`, value])),
      ':onHand': onHand,
      ':zero': 0,
      ':none': {},
    },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const conflict = await findConflict<StockRow>(
    retryContended(() => table.client.send(update)).then(({ Attributes = {} }) => {
      before = Attributes;
    }),
  );
  if (conflict) throw new OnHandBelowReservedError(onHand, conflict.reserved ?? 0);
  const { reserved = 0, pending = {}, released = {} } = before;
  const row = { sku, ...values, available: onHand - reserved, reserved, pending, released };
  return { row, created: isPlaceholder(before) };
}

/** The prices of the SKUs that exist. Each SKU at most once, at most 100. */
export async function listPrices(
  table: Table,
  skus: readonly string[],
): Promise<Array<Pick<StockRow, 'sku' | 'unitPriceCents' | 'currency'>>> {
  const keys = skus.map((sku) => ({ sku }));
  const rows = await batchGet<Pick<StockRow, 'sku' | 'unitPriceCents' | 'currency'>>(table, keys, {
    attributes: ['sku', 'unitPriceCents', 'currency'],
  });
  return rows.filter(({ unitPriceCents }) => unitPriceCents !== undefined);
}

/**
 * Reserves one line for an order: one conditional write. A repeat changes nothing.
 *
 * @throws {UnknownSkuError | StockInsufficientError} refusals
 * @throws {StepUndoneError} when the order's reservation was released or sold before
 * @throws {StockContendedError} when the row cannot take more reservations at the moment
 */
export async function reserve(table: Table, orderId: string, { sku, quantity }: Line, now: number): Promise<void> {
  // A row may have pieces of a SKU that nobody has put (again).
  const isPut = 'attribute_exists(unitPriceCents)';
  const enoughIsAvailable = 'available >= :quantity';
  const notReservedYet = 'attribute_not_exists(pending.#order)';
  const notReleasedBefore = 'attribute_not_exists(released.#order)';
  const rowHasRoom = 'size(pending) < :maxOpen AND size(released) < :maxReleased';
  const conflict = await write(
    table,
    { sku, orderId, now },
    {
      update:
        'SET pending.#order = :quantity, available = available - :quantity, reserved = reserved + :quantity, updatedAt = :now',
      condition: `${isPut} AND ${enoughIsAvailable} AND ${notReservedYet} AND ${notReleasedBefore} AND ${rowHasRoom}`,
      values: { ':quantity': quantity, ':maxOpen': MAX_OPEN_RESERVATIONS, ':maxReleased': MAX_RELEASED },
    },
  );
  if (!conflict) return;
  switch (explainReservation(conflict, orderId, quantity)) {
    case 'reserved already':
      return;
    case 'released before':
      throw new StepUndoneError('ReserveStock', orderId);
    case 'unknown SKU':
      throw new UnknownSkuError(sku);
    case 'insufficient':
      throw new StockInsufficientError(sku, quantity, conflict.available ?? 0);
    case 'crowded':
      throw new StockContendedError(sku);
  }
}

/**
 * Gives one line of an order back if it is reserved, and refuses a late reservation from then on: one write for both. A repeat
 * gives nothing back. An unknown SKU gets a row for the note alone, because somebody may put the SKU a moment later.
 *
 * @throws {StockContendedError} when the row is made and deleted again between the writes
 */
export async function release(table: Table, orderId: string, { sku }: Pick<Line, 'sku'>, now: number): Promise<void> {
  const at = { sku, orderId, now };
  const until = releasedUntil(now);
  const giveBack = {
    // A row that has no reservation of the order gains and loses nothing.
    update: `SET available = available + if_not_exists(pending.#order, :zero),
      reserved = reserved - if_not_exists(pending.#order, :zero), released.#order = :until, updatedAt = :now
      REMOVE pending.#order`,
    condition: 'attribute_exists(sku)',
    values: { ':zero': 0, ':until': until },
  };
  if (!(await write(table, at, giveBack))) return;
  const placeholder = { sku, available: 0, reserved: 0, pending: {}, released: { [orderId]: until } };
  if (!(await makeRow(table, placeholder, now))) return;
  if (await write(table, at, giveBack)) throw new StockContendedError(sku);
}

/**
 * Makes a reservation a sale: the pieces leave the stock. A repeat changes nothing, nor does the sale of what was released or
 * brought back. Afterwards `release` gives nothing back; `returnLine` does.
 */
export async function sell(table: Table, orderId: string, { sku }: Pick<Line, 'sku'>, now: number): Promise<void> {
  await write(
    table,
    { sku, orderId, now },
    {
      update: `SET reserved = reserved - pending.#order, sold = if_not_exists(sold, :zero) + pending.#order,
        released.#order = :until, updatedAt = :now REMOVE pending.#order`,
      condition: 'attribute_exists(pending.#order)',
      // Without the note a late repeat of the reservation would take the pieces again.
      values: { ':zero': 0, ':until': releasedUntil(now) },
    },
  );
}

/** Until when a row keeps the note of an order that is over, in epoch seconds. `now`: epoch milliseconds. */
export function releasedUntil(now: number): number {
  return Math.floor(now / 1000) + RELEASED_FOR_SECONDS;
}

interface Change {
  /** In which `#order` is the order and `:now` the time. */
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Writes once, under the condition, and answers the row that did not meet it. */
async function write(
  table: Table,
  { sku, orderId, now }: { sku: string; orderId: string; now: number },
  { update, condition, values }: Change,
): Promise<Partial<StockRow> | undefined> {
  let changed: StockRow | undefined;
  const command = new UpdateCommand({
    TableName: table.name,
    Key: { sku },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#order': orderId },
    ExpressionAttributeValues: { ...values, ':now': toTimestamp(now) },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const conflict = await findConflict<StockRow>(
    retryContended(() => table.client.send(command)).then(({ Attributes }) => {
      changed = Attributes as StockRow;
    }),
  );
  if (changed) await prune(table, changed, orderId, Math.floor(now / 1000));
  return conflict;
}

/** Makes the row of a SKU that nobody has put. Answers the row that was there. */
function makeRow(
  table: Table,
  { sku, ...attributes }: Omit<StockRow, 'name' | 'unitPriceCents' | 'currency' | 'updatedAt'>,
  now: number,
): Promise<Partial<StockRow> | undefined> {
  const values = { ...attributes, updatedAt: toTimestamp(now) };
  const sets = Object.keys(values).map((name) => `${name} = :${name}`);
  return findConflict<StockRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { sku },
        UpdateExpression: `SET ${sets.join(', ')}`,
        ConditionExpression: 'attribute_not_exists(sku)',
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`:${name}`, value]),
        ),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Removes what has expired, many at once, so that the row stays small; nothing when one was set anew in between. */
async function prune(table: Table, { sku, released }: StockRow, by: string, nowSeconds: number): Promise<void> {
  const orderIds = listPrunable(released, by, nowSeconds);
  if (orderIds.length === 0) return;
  const each = (text: (index: number) => string, separator: string) =>
    orderIds.map((_, index) => text(index)).join(separator);
  const command = new UpdateCommand({
    TableName: table.name,
    Key: { sku },
    UpdateExpression: `REMOVE ${each((index) => `released.#${index}`, ', ')}`,
    ConditionExpression: each((index) => `released.#${index} < :now`, ' AND '),
    ExpressionAttributeNames: Object.fromEntries(orderIds.map((orderId, index) => [`#${index}`, orderId])),
    ExpressionAttributeValues: { ':now': nowSeconds },
  });
  // The write that brought the caller here is made: whatever hinders this one, a later one will do it.
  await table.client.send(command).catch(() => undefined);
}
