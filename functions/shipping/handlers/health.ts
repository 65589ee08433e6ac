import { healthHandler } from '../../../lib/lambda/health-handler';
import { shipping } from '../contract';

export const handler = healthHandler(shipping);
