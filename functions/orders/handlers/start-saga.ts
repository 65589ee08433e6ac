import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { streamHandler } from '../../../lib/lambda/stream-handler';
import { openSagaStarter, type StartSaga } from '../../../lib/saga/aws-start-saga';
import type { PlaceOrderInput } from '../contract';
import type { OrderRow } from '../domain';

/** Starts the place-order saga of each new order. The order's id is the execution's name, so a repeat starts none. */
export const startSagaOf = (start: StartSaga) => async (record: DynamoDBRecord) => {
  const row = unmarshall((record.dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>) as OrderRow;
  await start(row.orderId, toSagaInput(row));
};

function toSagaInput(row: OrderRow): PlaceOrderInput {
  const { orderId, customerId, items, totalCents, currency, payment, shipTo } = row;
  if (!payment) throw new Error(`the new order ${orderId} has no payment`);
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
  return { orderId, customerId, lines, totalCents, currency, payment, shipTo: shipTo as PlaceOrderInput['shipTo'] };
}

export const handler = streamHandler(startSagaOf(openSagaStarter('place-order')));
