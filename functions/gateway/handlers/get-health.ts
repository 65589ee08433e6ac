import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { type QueryRef, query } from '../../../lib/mesh/query-ref';
import { log } from '../../../lib/observability/log';
import { circuits } from '../../circuits/contract';
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
  query(circuits, 'health'),
];

/**
 * Asks every service at once. One that is sick makes the whole 503, and the answer says which. An open circuit is no sickness of ours:
 * it does what it is for. Circuits that cannot be told make their service sick, and are left out.
 */
export const getHealth = (call: CallService) => async (): Promise<HttpAnswer> => {
  const [answers, states] = await Promise.all([
    Promise.all(ASKED.map((ref) => ask(call, ref, {}))),
    ask(call, query(circuits, 'list-states'), {}),
  ]);
  const services = ASKED.map(({ service }, at) => {
    const isWell = answers[at] !== undefined && (service !== circuits.name || states !== undefined);
    return { name: service, status: isWell ? 'HEALTHY' : 'UNHEALTHY' };
  });
  const isHealthy = services.every(({ status }) => status === 'HEALTHY');
  return {
    status: isHealthy ? 200 : 503,
    body: {
      status: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
      services,
      ...(states && { circuits: states.items }),
    },
  };
};

async function ask<Input, Output>(
  call: CallService,
  ref: QueryRef<Input, Output>,
  input: Input,
): Promise<Output | undefined> {
  try {
    return await call(ref, input, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    log('warn', 'health check failed', { operation: `${ref.service}/${ref.handler}`, error });
    return undefined;
  }
}

export const handler = httpHandler(gateway, 'get-health', getHealth(callService));
