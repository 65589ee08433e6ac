import { healthHandler } from '../../../lib/lambda/health-handler';
import { circuits } from '../contract';

export const handler = healthHandler(circuits);
