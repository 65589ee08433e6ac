import { toTimestamp } from '../../lib/clock';
import { retryContended } from '../../lib/idempotency/dynamodb-contention';
import { type TransactionWrite, transact } from '../../lib/idempotency/dynamodb-transaction';
import type { Table } from '../../lib/table/dynamodb-table';
import { type Line, type ReturnRecord, returnKey, StockContendedError } from './domain';
import { releasedUntil } from './store';

/** So often the row is made or deleted by somebody else while this looks for it. */
const MAX_TRIES = 3;

/**
 * Brings back the pieces of one line of an order that was confirmed, whether they are sold by now or still reserved: a record that
 * they are back, kept for ever, and the row, in one transaction. A repeat finds the record and changes nothing, however late, and
 * a sale that comes after it finds nothing reserved. What was not sold yet counts as sold and brought back.
 *
 * Where somebody has deleted the row, the pieces are noted in a new one, which the API does not show until the SKU is put again.
 *
 * @throws {ItemContendedError} when others write the row each time it is tried
 * @throws {StockContendedError} when the row is made and deleted again between the tries
 */
export async function returnLine(table: Table, orderId: string, line: Line, now: number): Promise<void> {
  const record = recordOf(table, orderId, line, now);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    for (const write of [toRow(table, orderId, line, now), toNewRow(table, orderId, line, now)]) {
      const { kind } = await retryContended(() => transact(table, record, [write]));
      if (kind !== 'refused') return;
    }
  }
  throw new StockContendedError(line.sku);
}

function recordOf(table: Table, orderId: string, { sku, quantity }: Line, now: number): TransactionWrite {
  const record: ReturnRecord = {
    sku: returnKey(orderId, sku),
    orderId,
    returnedSku: sku,
    quantity,
    returnedAt: toTimestamp(now),
  };
  return { Put: { TableName: table.name, Item: record, ConditionExpression: 'attribute_not_exists(sku)' } };
}

function toRow(table: Table, orderId: string, { sku, quantity }: Line, now: number): TransactionWrite {
  return {
    Update: {
      TableName: table.name,
      Key: { sku },
      // What is reserved was taken as it stands there; what is sold, as the line says.
      UpdateExpression: `SET available = available + if_not_exists(pending.#order, :quantity),
        reserved = reserved - if_not_exists(pending.#order, :zero),
        sold = if_not_exists(sold, :zero) + if_not_exists(pending.#order, :zero),
        returned = if_not_exists(returned, :zero) + if_not_exists(pending.#order, :quantity),
        released.#order = :until, updatedAt = :now
        REMOVE pending.#order`,
      ConditionExpression: 'attribute_exists(sku)',
      ExpressionAttributeNames: { '#order': orderId },
      ExpressionAttributeValues: {
        ':quantity': quantity,
        ':zero': 0,
        ':until': releasedUntil(now),
        ':now': toTimestamp(now),
      },
    },
  };
}

function toNewRow(table: Table, orderId: string, { sku, quantity }: Line, now: number): TransactionWrite {
  const released = { [orderId]: releasedUntil(now) };
  const row = { sku, available: quantity, reserved: 0, pending: {}, released, returned: quantity };
  return {
    Put: {
      TableName: table.name,
      Item: { ...row, updatedAt: toTimestamp(now) },
      ConditionExpression: 'attribute_not_exists(sku)',
    },
  };
}
