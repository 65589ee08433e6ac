import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { type QueryRef, query } from '../../../lib/mesh/query-ref';
import { log } from '../../../lib/observability/log';
import { inventory } from '../../inventory/contract';
import { notifications } from '../../notifications/contract';
import { orders } from '../../orders/contract';
import { payments } from '../../payments/contract';
import { shipping } from '../../shipping/contract';
import { tasks } from '../../tasks/contract';
import { gateway } from '../contract';

/** Longer than a cold start, and short enough for whoever polls. */
const TIMEOUT_MS = 4_000;

type HealthRef = QueryRef<Record<never, never>, Record<never, never>>;

const ASKED: readonly HealthRef[] = [
  query(orders, 'health'),
  query(inventory, 'health'),
  query(payments, 'health'),
  query(shipping, 'health'),
  query(tasks, 'health'),
  query(notifications, 'health'),
];

/** Asks every service at once. One that is sick makes the whole 503, and the answer says which. */
export const getHealth = (call: CallService) => async (): Promise<HttpAnswer> => {
  const services = await Promise.all(ASKED.map((ref) => ask(call, ref)));
  const isHealthy = services.every(({ status }) => status === 'HEALTHY');
  return { status: isHealthy ? 200 : 503, body: { status: isHealthy ? 'HEALTHY' : 'UNHEALTHY', services } };
};

async function ask(call: CallService, ref: HealthRef) {
  try {
    await call(ref, {}, { timeoutMs: TIMEOUT_MS });
    return { name: ref.service, status: 'HEALTHY' };
  } catch (error) {
    log('warn', 'health check failed', { operation: `${ref.service}/health`, error });
    return { name: ref.service, status: 'UNHEALTHY' };
  }
}

export const handler = httpHandler(gateway, 'get-health', getHealth(callService));
