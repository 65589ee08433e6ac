import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import type { ReceivedEvent } from '../../../lib/events/event-envelope';
import { digest } from '../../../lib/id';
import { eventHandler } from '../../../lib/lambda/event-handler';
import { log } from '../../../lib/observability/log';
import { openParty } from '../../../lib/resilience/open-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { notifications } from '../contract';
import type { NotificationRow, Subject } from '../domain';
import { messages } from '../messages';
import { openSender, type Sender } from '../sender';
import { noteDelivery, putOnce } from '../store';

/** What of an event makes a notification. Every event that is consumed says whose task or order it is about. */
type Told<Data> = Pick<ReceivedEvent<Data & { readonly customerId: string }>, ToldField>;
type ToldField = 'id' | 'type' | 'occurredAt' | 'aggregateId' | 'data';

/**
 * Tells customers what became of their tasks and orders: one notification for each event, then one message to the sender.
 *
 * The notification is put first, under an id made of the event's, and stays for ever: an event that comes again finds it, whatever came
 * in between. A sender that fails leaves it pending, and the event comes again; the message goes with the same key, so that the sender
 * can tell. Once the sender has it, or will never take it, the event has no effect any more.
 */
export const notifyCustomer = (table: Table, sender: Sender, clock: Clock) => {
  const tell =
    <Data>(kind: Subject['kind'], toMessage: (data: Data) => string) =>
    async (event: Told<Data>): Promise<void> => {
      const row = await putOnce(table, newRow(event, kind, toMessage(event.data), clock.now()));
      // The words of the row and not those of today: a message under one key stays the same.
      if (row.status === 'PENDING') await deliver(row, table, sender, clock);
    };
  return {
    'task.created': tell('task', messages['task.created']),
    'task.completed': tell('task', messages['task.completed']),
    'order.confirmed': tell('order', messages['order.confirmed']),
    'order.rejected': tell('order', messages['order.rejected']),
    'order.cancelled': tell('order', messages['order.cancelled']),
    'order.parked': tell('order', messages['order.parked']),
    'payment.refunded': tell('order', messages['payment.refunded']),
  };
};

function newRow(event: Told<unknown>, kind: Subject['kind'], message: string, now: number): NotificationRow {
  return {
    notificationId: `ntf_${digest(event.id).slice(0, 32)}`,
    customerId: event.data.customerId,
    type: event.type,
    message,
    subject: { kind, id: event.aggregateId },
    status: 'PENDING',
    createdAt: event.occurredAt,
    updatedAt: toTimestamp(now),
  };
}

async function deliver(row: NotificationRow, table: Table, sender: Sender, clock: Clock): Promise<void> {
  const { notificationId } = row;
  const delivery = await sender.send(row);
  if (delivery.status === 'REFUSED') log('error', `notification ${notificationId} is refused: ${delivery.why}`);
  await noteDelivery(table, notificationId, delivery.status, clock.now());
}

export const handler = eventHandler(
  notifications,
  'notify-customer',
  notifyCustomer(openTable(), openSender(openParty(notifications, 'sender').call), systemClock),
);
