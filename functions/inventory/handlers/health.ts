import { healthHandler } from '../../../lib/lambda/health-handler';
import { inventory } from '../contract';

export const handler = healthHandler(inventory);
