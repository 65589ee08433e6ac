import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { findConflict, type Table } from '../table/dynamodb-table';
import { type Once, requireSameRequest } from './identity';

/** An item that a request creates: it keeps the fingerprint of that request. */
export interface CreatedItem {
  readonly requestHash: string;
}

/**
 * Puts an item that is its own idempotency record, under a key made by `createdItemId`: one write. Answers the item, or the one
 * that the same request put before, as it is now.
 *
 * @throws {IdempotencyKeyReusedError} when the key was used before for something else
 */
export async function createOnce<Item extends CreatedItem>(
  table: Table,
  partitionKey: keyof Item & string,
  item: Item,
): Promise<Once<Item>> {
  const existing = await findConflict<Item>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: item,
        ConditionExpression: `attribute_not_exists(${partitionKey})`,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (!existing) return { result: item, replayed: false };
  requireSameRequest(existing.requestHash, item.requestHash);
  return { result: existing as Item, replayed: true };
}
