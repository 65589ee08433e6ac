import { orderBody } from '../support/api-client';
import type { LocalSystem } from '../support/local-system';
import type { TimelineStep } from '../support/saga-timeline';
import { SandboxClient } from '../support/sandbox-client';
import type { Story } from './stories';

/** How the story went. */
export interface Played {
  readonly orderId: string;
  // biome-ignore lint/suspicious/noExplicitAny: the order as the API shows it
  readonly order: any;
  readonly steps: readonly TimelineStep[];
  readonly payment: string | undefined;
  readonly shipment: string | undefined;
}

/** Places the story's order and follows its sagas to the end; `onStep` hears of each step as it ends. */
export async function play(
  story: Story,
  sku: string,
  system: LocalSystem,
  onStep: (step: TimelineStep) => void = () => undefined,
): Promise<Played> {
  const { api, sagas } = system;
  const placed = await api.placeOrder(orderBody({ sku, ...story.order }));
  if (placed.status !== 202) throw new Error(`${story.title}: ${placed.status} ${placed.text}`);
  const { orderId } = placed.json as { orderId: string };
  const { steps: first } = await sagas.untilEnded(orderId, onStep);
  if (story.afterwards) await goOn(story.afterwards, orderId, system);
  const order = story.afterwards
    ? await system.orderThatIs(story.status, orderId)
    : (await api.call('GET', `/v1/orders/${orderId}`)).json;
  const steps = story.afterwards ? await allSteps(orderId, system) : first;
  for (const step of steps.slice(first.length)) onStep(step);
  const payment = await api.call('GET', `/v1/payments/${orderId}`);
  const shipment = await api.call('GET', `/v1/shipments/${orderId}`);
  const statusOf = (answer: typeof payment) => (answer.status === 200 ? String(answer.json.status) : undefined);
  return { orderId, order, steps, payment: statusOf(payment), shipment: statusOf(shipment) };
}

/** What happens to an order whose saga has come to an end: by its customer, or by an operator. */
async function goOn(afterwards: 'cancel' | 'redrive', orderId: string, { api, awsUrl }: LocalSystem): Promise<void> {
  if (afterwards === 'redrive') await (await SandboxClient.open(awsUrl)).liftRefundFault(orderId);
  const path = afterwards === 'cancel' ? `/v1/orders/${orderId}/cancel` : `/ops/sagas/${orderId}/redrive`;
  const { status, text } = await api.call('POST', path);
  if (status !== 202) throw new Error(`POST ${path}: ${status} ${text}`);
}

/** The steps of all executions of an order, as operators see them. */
async function allSteps(orderId: string, { api }: LocalSystem): Promise<TimelineStep[]> {
  for (;;) {
    const { json } = await api.call('GET', `/ops/sagas/${orderId}`);
    const steps: Array<{ name: string; status: string; error?: string; attempts: number }> = json.steps;
    // The order has its outcome a moment before the step that gave it is over.
    if (steps.every(({ status }) => status !== 'running')) {
      return steps.map(({ status, ...step }) => ({ ...step, outcome: status === 'succeeded' ? 'ok' : 'FAILED' }));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The steps as a story writes them: those that failed in capitals. */
export function toStorySteps(steps: readonly TimelineStep[]): string[] {
  return steps.map(({ name, outcome }) => (outcome === 'ok' ? name : name.toUpperCase()));
}

/** What went another way than the story says; empty when all is well. */
export function differences(story: Story, played: Played): string[] {
  const { order, steps, payment, shipment } = played;
  const pairs: Array<[string, unknown, unknown]> = [
    ['status', order.status, story.status],
    ['rejection code', order.rejection?.code, story.rejection?.code],
    ['rejected step', order.rejection?.step, story.rejection?.step],
    ['steps', toStorySteps(steps).join(' '), story.steps.join(' ')],
    ['payment', payment, story.payment],
    ['shipment', shipment, story.shipment],
  ];
  return pairs
    .filter(([, got, want]) => got !== want)
    .map(([what, got, want]) => `${what}: got ${got}, expected ${want}`);
}
