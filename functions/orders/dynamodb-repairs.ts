import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import { isAtOneOf } from '../../lib/table/dynamodb-transition';
import type { OrderRow, OrderStatus, Repair } from './domain';

/** So many repairs are kept on the order, to find their executions. Their count goes on. */
const KEPT_REPAIRS = 20;

/** The states without an outcome. */
const OPEN: readonly OrderStatus[] = ['PENDING', 'CANCELLING', 'NEEDS_ATTENTION'];

/**
 * Notes the next repair of an order on its row. Answers false when the row is not as it was read, or has an outcome: somebody
 * else was faster.
 */
export async function noteRepair(table: Table, row: OrderRow, repair: Repair): Promise<boolean> {
  const { repairs = [] } = row;
  const last = repairs.length - 1;
  const isNext =
    last < 0
      ? 'attribute_not_exists(repairs)'
      : `repairs[${last}].attempt = :last AND attribute_not_exists(repairs[${repairs.length}])`;
  const isOpen = isAtOneOf(OPEN);
  const conflict = await findConflict(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId: row.orderId },
        UpdateExpression: 'SET repairs = :repairs',
        ConditionExpression: `${isNext} AND ${isOpen.condition}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...isOpen.values,
          ':repairs': [...repairs, repair].slice(-KEPT_REPAIRS),
          ...(last >= 0 && { ':last': repairs[last]?.attempt }),
        },
      }),
    ),
  );
  return conflict === undefined;
}
