import { answerPage } from '../../../lib/http/answer-page';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { toOrder } from '../domain';
import { listOrderRows } from '../store';

/** A page of the caller's orders, newest first. A cursor says where to go on; whose orders is always the caller's own. */
export const listOrders =
  (table: Table) =>
  ({ query, customerId }: RequestOf<typeof orders, 'list-orders'>): Promise<HttpAnswer> => {
    const own = { index: 'byCustomer', customerId } as const;
    return answerPage(query, ['orderId', 'createdAt'], (...page) => listOrderRows(table, own, ...page), toOrder);
  };

export const handler = httpHandler(orders, 'list-orders', listOrders(openTable()));
