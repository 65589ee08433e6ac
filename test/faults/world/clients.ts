import { draw, pick } from '../draw';
import type { Plan, PlannedOrder } from '../simulation';
import type { Api, ApiRequest } from './api';
import { addressMark, type ClientRecord, newRecord, type TimedAnswer } from './client-record';
import { insist } from './insist';
import type { SimulatedClock } from './simulated-clock';

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

/** Shares of the clients that repeat their request later, use its key wrongly, or look at another one's order. */
const REPEATS = 0.3;
const MISUSES = 0.1;
const STRANGERS = 0.1;

/** The share of the clients that look at all their orders, and how long after the order was accepted. */
const LISTS = 0.6;
const LISTED_AFTER_MS = [0, 0, 300, 2_000, 90_000, 5 * 60_000] as const;

/** Of a page: so few that there are several of them. */
const LIST_LIMIT = 2;

/** Lets the clients begin. Each repeats its request with the same key until it has an answer that is not a failure. */
export function openClients(options: ClientsOptions): Clients {
  const records = options.plan.orders.map(newRecord);
  let busy = records.length;
  for (const record of records) {
    void new Client(options, record).act().finally(() => {
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

/** A client with one order. */
class Client {
  constructor(
    private readonly options: ClientsOptions,
    private readonly record: ClientRecord,
  ) {}

  async act(): Promise<void> {
    const { record } = this;
    await this.until(record.order.placedAtMs);
    record.accepted = await this.insist(toOrderRequest(record, record.order));
    await Promise.all([this.talk(), this.list()]);
  }

  private async talk(): Promise<void> {
    const { record } = this;
    const { order, orderId } = record;
    const { customerId, cancelledAtMs } = order;
    const path = { orderId };
    if (this.does('repeats', REPEATS)) record.repeats.push(await this.insist(toOrderRequest(record, order)));
    if (this.does('misuses', MISUSES)) {
      const another = { ...order, token: `${order.token}_too` };
      record.misuses.push(await this.insist(toOrderRequest(record, another)));
    }
    if (this.does('is spied upon', STRANGERS)) {
      const spy = { method: 'GET', route: '/v1/orders/{orderId}', path, customerId: `${customerId}-spy` } as const;
      record.strangers.push(await this.insist({ ...spy, orderId }));
    }
    if (cancelledAtMs === undefined) return;
    await this.until(cancelledAtMs);
    const cancel = { method: 'POST', route: '/v1/orders/{orderId}/cancel', path, customerId, orderId } as const;
    record.cancellations.push(await this.insist(cancel));
    if (this.does('repeats its cancellation', REPEATS)) record.cancellations.push(await this.insist(cancel));
  }

  /** Goes through all pages. There are no more of them than orders. */
  private async list(): Promise<void> {
    const { record, options } = this;
    const { customerId } = record.order;
    const { orderId } = record;
    if (!this.does('lists', LISTS)) return;
    await this.sleep(pick(options.seed, `${orderId} lists after`, LISTED_AFTER_MS));
    const askedAt = options.clock.now();
    const pages: TimedAnswer[] = [];
    for (let cursor: string | undefined; pages.length <= options.plan.orders.length; ) {
      const query = { limit: String(LIST_LIMIT), ...(cursor !== undefined && { cursor }) };
      const page = await this.insist({ method: 'GET', route: '/v1/orders', query, customerId, orderId });
      pages.push(page);
      cursor = (JSON.parse(page.body) as { nextCursor?: string }).nextCursor;
      if (cursor === undefined) break;
    }
    record.lists.push({ askedAt, pages });
  }

  private insist(request: ApiRequest): Promise<TimedAnswer> {
    return insist(this.options, request);
  }

  private does(what: string, share: number): boolean {
    return draw(this.options.seed, `${this.record.orderId} ${what}`) < share;
  }

  private until(ms: number): Promise<void> {
    const { clock, startAt } = this.options;
    return this.sleep(startAt + ms - clock.now());
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((wake) => void this.options.clock.after(ms, wake));
  }
}

function toOrderRequest({ orderId }: ClientRecord, order: PlannedOrder): ApiRequest {
  const { key, customerId, lines, token, postalCode } = order;
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
