import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { notifications } from '../../../functions/notifications/contract';
import type { NotificationRow } from '../../../functions/notifications/domain';
import { openRoomTable, type RoomTable } from '../../support/room-table';

/** The notifications' table in memory, as the contract declares it. */
export interface NotificationsTable extends RoomTable {
  /** Every notification, in no particular order. */
  scan(): Promise<NotificationRow[]>;
}

export async function openNotificationsTable(): Promise<NotificationsTable> {
  const { partitionKey, indexes } = notifications.table;
  const room = await openRoomTable({ partitionKey, indexes });
  return {
    ...room,
    scan: async () => {
      const { Items = [] } = await room.table.client.send(new ScanCommand({ TableName: room.table.name }));
      return Items as NotificationRow[];
    },
  };
}
