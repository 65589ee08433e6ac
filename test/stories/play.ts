import { type ApiClient, orderBody } from '../support/api-client';
import type { SagaReader, TimelineStep } from '../support/saga-timeline';
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

/** Places the story's order and follows its saga to the end; `onStep` hears of each step as it ends. */
export async function play(
  story: Story,
  sku: string,
  { api, sagas }: { api: ApiClient; sagas: SagaReader },
  onStep: (step: TimelineStep) => void = () => undefined,
): Promise<Played> {
  const placed = await api.placeOrder(orderBody({ sku, ...story.order }));
  if (placed.status !== 202) throw new Error(`${story.title}: ${placed.status} ${placed.text}`);
  const { orderId } = placed.json as { orderId: string };
  const { steps } = await sagas.untilEnded(orderId, onStep);
  const order = await api.call('GET', `/v1/orders/${orderId}`);
  const payment = await api.call('GET', `/v1/payments/${orderId}`);
  const shipment = await api.call('GET', `/v1/shipments/${orderId}`);
  const statusOf = (answer: typeof payment) => (answer.status === 200 ? String(answer.json.status) : undefined);
  return { orderId, order: order.json, steps, payment: statusOf(payment), shipment: statusOf(shipment) };
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
