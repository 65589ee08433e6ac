import { type ItemChange, streamHandler } from '../../../lib/lambda/dynamodb-stream-handler';
import { openSagaStarter, type StartSaga } from '../../../lib/saga/aws-start-saga';
import type { PlaceOrderInput } from '../contract';
import type { OrderRow } from '../domain';

/** Starts the place-order saga of each new order. The order's id is the execution's name, so a repeat starts none. */
export const startSagaOf =
  (start: StartSaga) =>
  async ({ after }: ItemChange<OrderRow>) => {
    if (!after) throw new Error('a new order has no image: the stream does not carry new images');
    await start(after.orderId, toSagaInput(after));
  };

function toSagaInput(row: OrderRow): PlaceOrderInput {
  const { orderId, customerId, items, totalCents, currency } = row;
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
  return { orderId, customerId, lines, totalCents, currency };
}

export const handler = streamHandler(startSagaOf(openSagaStarter('place-order')));
