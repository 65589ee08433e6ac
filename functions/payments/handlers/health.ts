import { healthHandler } from '../../../lib/lambda/health-handler';
import { payments } from '../contract';

export const handler = healthHandler(payments);
