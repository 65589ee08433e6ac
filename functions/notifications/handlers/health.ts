import { healthHandler } from '../../../lib/lambda/health-handler';
import { notifications } from '../contract';

export const handler = healthHandler(notifications);
