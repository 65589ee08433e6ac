import { healthHandler } from '../../../lib/lambda/health-handler';
import { orders } from '../contract';

export const handler = healthHandler(orders);
