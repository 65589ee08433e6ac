import { relayHandler } from '../../../lib/lambda/relay-handler';
import { tasks } from '../contract';

export const handler = relayHandler(tasks, 'relay-events');
