import { createdItemId } from '../../../lib/idempotency/created-item';
import { draw } from '../draw';
import type { Plan, PlannedOrder } from '../simulation';
import type { Api, ApiAnswer, ApiRequest } from './api';
import type { SimulatedClock } from './simulated-clock';

/** What a client has heard of one of its orders. */
export interface ClientRecord {
  readonly order: PlannedOrder;
  /** The id that the order has when it is accepted. */
  readonly orderId: string;
  /** The first answer that settled the request; absent while there is none. */
  accepted?: ApiAnswer;
  /** Answers to the same request once more. */
  readonly repeats: ApiAnswer[];
  /** Answers to another body under the same key. */
  readonly misuses: ApiAnswer[];
  /** Answers to another customer who asks for the order. */
  readonly strangers: ApiAnswer[];
  /** The answer to a wish to cancel. */
  cancelled?: ApiAnswer;
}

/** The clients of the plan. */
export interface Clients {
  readonly records: readonly ClientRecord[];
  /** Clients that still want something. */
  readonly busy: number;
}

export interface ClientsOptions {
  readonly plan: Plan;
  readonly api: Api;
  readonly clock: SimulatedClock;
  readonly seed: number;
  /** Of the simulation, in epoch milliseconds. */
  readonly startAt: number;
}

/** What stands in the address of a customer, and in no log and no answer to somebody else. */
export function addressMark(customerId: string): string {
  return `residence of ${customerId}`;
}

/** The longest pause between two tries of a client. */
const MAX_PAUSE_MS = 30_000;

/** Shares of the clients that repeat their request later, use its key wrongly, or look at another one's order. */
const REPEATS = 0.3;
const MISUSES = 0.1;
const STRANGERS = 0.1;

/** Lets the clients begin. Each repeats its request with the same key until it has an answer that is not a failure. */
export function openClients({ plan, api, clock, seed, startAt }: ClientsOptions): Clients {
  const records = plan.orders.map(toRecord);
  let busy = records.length;
  const sleep = (ms: number) => new Promise<void>((wake) => void clock.after(ms, wake));
  const until = (ms: number) => sleep(startAt + ms - clock.now());

  async function insist(request: ApiRequest): Promise<ApiAnswer> {
    for (let tries = 0; ; tries += 1) {
      const answer = await api.send(request).catch(() => undefined);
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      const share = 0.5 + draw(seed, `${request.orderId} ${request.route} ${tries}`) / 2;
      await sleep(Math.min(1000 * 2 ** tries, MAX_PAUSE_MS) * share);
    }
  }

  async function act(record: ClientRecord): Promise<void> {
    const { order, orderId } = record;
    const { customerId } = order;
    const does = (what: string, share: number) => draw(seed, `${orderId} ${what}`) < share;
    await until(order.placedAtMs);
    record.accepted = await insist(toRequest(record, order));
    if (does('repeats', REPEATS)) record.repeats.push(await insist(toRequest(record, order)));
    if (does('misuses', MISUSES)) {
      record.misuses.push(await insist(toRequest(record, { ...order, token: `${order.token}_too` })));
    }
    const path = { orderId };
    if (does('is spied upon', STRANGERS)) {
      const spy = `${customerId}-spy`;
      record.strangers.push(
        await insist({ method: 'GET', route: '/v1/orders/{orderId}', path, customerId: spy, orderId }),
      );
    }
    if (order.cancelledAtMs === undefined) return;
    await until(order.cancelledAtMs);
    record.cancelled = await insist({
      method: 'POST',
      route: '/v1/orders/{orderId}/cancel',
      path,
      customerId,
      orderId,
    });
    if (does('repeats its cancellation', REPEATS))
      await insist({ method: 'POST', route: '/v1/orders/{orderId}/cancel', path, customerId, orderId });
  }

  for (const record of records) {
    void act(record).finally(() => {
      busy -= 1;
    });
  }
  return {
    records,
    get busy() {
      return busy;
    },
  };
}

function toRecord(order: PlannedOrder): ClientRecord {
  const orderId = createdItemId('ord_', order.customerId, 'createOrder', order.key);
  return { order, orderId, repeats: [], misuses: [], strangers: [] };
}

function toRequest({ orderId }: ClientRecord, { key, customerId, lines, token, postalCode }: PlannedOrder): ApiRequest {
  return {
    method: 'POST',
    route: '/v1/orders',
    customerId,
    idempotencyKey: key,
    orderId,
    body: {
      items: lines,
      payment: { token },
      shipTo: { name: addressMark(customerId), line1: 'Street 1', city: 'Town', postalCode, country: 'DE' },
    },
  };
}
