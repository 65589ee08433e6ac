import { isDeepStrictEqual } from 'node:util';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import type { OrderRow, Repair } from './domain';

/** So many repairs are kept on the order, to find their executions. Their count goes on. */
const KEPT_REPAIRS = 20;

/**
 * Notes the next repair of an order on its row. Answers false when the row is not as it was read: somebody else was faster, or the
 * order has moved on. A note that is there already, because the reply to it was lost, counts as made.
 */
export async function noteRepair(table: Table, row: OrderRow, repair: Repair): Promise<boolean> {
  const { repairs = [] } = row;
  const last = repairs.length - 1;
  const isNext =
    last < 0
      ? 'attribute_not_exists(repairs)'
      : `repairs[${last}].attempt = :last AND attribute_not_exists(repairs[${repairs.length}])`;
  const isAsRead = ['abandonedAt', 'cancelRequestedAt'].map((name) =>
    name in row ? `attribute_exists(${name})` : `attribute_not_exists(${name})`,
  );
  const conflict = await findConflict<OrderRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId: row.orderId },
        UpdateExpression: 'SET repairs = :repairs',
        ConditionExpression: [isNext, '#status = :status', ...isAsRead].join(' AND '),
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': row.status,
          ':repairs': [...repairs, repair].slice(-KEPT_REPAIRS),
          ...(last >= 0 && { ':last': repairs[last]?.attempt }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict === undefined || isDeepStrictEqual(conflict.repairs?.at(-1), repair);
}
