import { relayHandler } from '../../../lib/lambda/relay-handler';
import { orders } from '../contract';

export const handler = relayHandler(orders, 'relay-events');
