import { answerPage } from '../../../lib/http/answer-page';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { notifications } from '../contract';
import { toNotification } from '../domain';
import { listNotificationRows } from '../store';

/** A page of the caller's notifications, newest first, those included that the sender does not have (yet). */
export const listNotifications =
  (table: Table) =>
  ({ query, customerId }: RequestOf<typeof notifications, 'list-notifications'>): Promise<HttpAnswer> => {
    const fields = ['notificationId', 'createdAt'];
    return answerPage(query, fields, (...page) => listNotificationRows(table, customerId, ...page), toNotification);
  };

export const handler = httpHandler(notifications, 'list-notifications', listNotifications(openTable()));
