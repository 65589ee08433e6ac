import { services } from '../../../functions/services';
import type { Plan, PlannedOrder } from '../simulation';
import { orderIdOf } from './client-record';
import type { Functions } from './functions';
import type { OrderVersion } from './order-versions';
import { partyUrl, SECRET } from './place';
import type { SimulatedClock } from './simulated-clock';
import { urlEvent } from './url-event';

/** A parcel that the carrier has taken. */
export interface HandOver {
  readonly orderId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The hand-overs of the plan. */
export interface HandOvers {
  /** Parcels that the carrier has taken, in that order. */
  readonly done: readonly HandOver[];
  /** Those whose time has not come, or that are under way. */
  readonly waiting: number;
}

export interface HandOversOptions {
  readonly plan: Plan;
  readonly clock: SimulatedClock;
  readonly functions: Functions;
  /** The order as it is now. */
  readonly findOrder: (orderId: string) => OrderVersion | undefined;
  /** Of the simulation, in epoch milliseconds. */
  readonly startAt: number;
  /** The stand-in of the carrier does not answer as it should: a fault of the simulation. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Lets the shop hand parcels over to the carrier, each at the time of the plan. It hands over what is confirmed, also while the
 * order is being taken back; a parcel that was cancelled before is not there any more.
 */
export function openHandOvers(options: HandOversOptions): HandOvers {
  const { plan, clock, startAt, onFailure } = options;
  const done: HandOver[] = [];
  let waiting = 0;
  for (const order of plan.orders) {
    const { handedOverAtMs } = order;
    if (handedOverAtMs === undefined) continue;
    waiting += 1;
    const note = (isTaken: boolean) => {
      if (isTaken) done.push({ orderId: orderIdOf(order), at: clock.now() });
      waiting -= 1;
    };
    clock.after(startAt + handedOverAtMs - clock.now(), () => void handOver(options, order).then(note, onFailure));
  }
  return {
    done,
    get waiting() {
      return waiting;
    },
  };
}

/** Answers whether the carrier took it. @throws {Error} when the stand-in of the carrier fails */
async function handOver({ functions, findOrder }: HandOversOptions, order: PlannedOrder): Promise<boolean> {
  const orderId = orderIdOf(order);
  if (findOrder(orderId)?.confirmedAt === undefined) return false;
  const service = services.find(({ name }) => name === 'sandbox');
  if (!service) throw new Error('nobody plays the carrier');
  const url = new URL(`${partyUrl('carrier')}/parcels/${orderId}/hand-over`);
  const event = urlEvent(url, { method: 'POST', headers: { authorization: `Bearer ${SECRET}` } });
  const { payload } = await functions.invoke({ service, handler: 'books', event, phase: 'forward', orderId });
  const { statusCode } = JSON.parse(payload) as { statusCode?: number };
  if (statusCode !== 200 && statusCode !== 409) throw new Error(`the hand-over of ${orderId} failed: ${payload}`);
  return statusCode === 200;
}
