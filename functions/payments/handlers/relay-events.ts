import { relayHandler } from '../../../lib/lambda/relay-handler';
import { payments } from '../contract';

export const handler = relayHandler(payments, 'relay-events');
