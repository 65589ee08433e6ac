import { healthHandler } from '../../../lib/lambda/health-handler';
import { tasks } from '../contract';

export const handler = healthHandler(tasks);
