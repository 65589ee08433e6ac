import { relayHandler } from '../../../lib/lambda/relay-handler';
import { circuits } from '../contract';

export const handler = relayHandler(circuits, 'relay-events');
