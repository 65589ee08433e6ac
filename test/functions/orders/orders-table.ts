import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { orders } from '../../../functions/orders/contract';
import type { OrderRow } from '../../../functions/orders/domain';
import { findOrder } from '../../../functions/orders/store';
import { ORDER_ID } from '../../support/a-command';
import { openRoomTable, type RoomTable } from '../../support/room-table';
import { anOrder } from './an-order';

/** The orders' table in memory, as the contract declares it. */
export interface OrdersTable extends RoomTable {
  /** Puts an order as it is, whatever was there. */
  put(overrides?: Partial<OrderRow>): Promise<void>;
  find(orderId?: string): Promise<OrderRow | undefined>;
}

export async function openOrdersTable(): Promise<OrdersTable> {
  const { partitionKey, indexes } = orders.table;
  const room = await openRoomTable({ partitionKey, indexes });
  return {
    ...room,
    put: async (overrides) => {
      await room.table.client.send(new PutCommand({ TableName: room.table.name, Item: anOrder(overrides) }));
    },
    find: (orderId = ORDER_ID) => findOrder(room.table, orderId),
  };
}
