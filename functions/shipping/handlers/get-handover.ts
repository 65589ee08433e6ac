import { queryHandler } from '../../../lib/lambda/query-handler';
import { openParty } from '../../../lib/resilience/open-party';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';

/**
 * Whether the carrier has the parcel of an order in its hands, so that it can be cancelled no more. The carrier is asked: it
 * tells nobody when it takes a parcel.
 */
export const getHandover =
  (carrier: Carrier) =>
  async ({ orderId }: { orderId: string }) => ({ handedOver: await carrier.findHandover(orderId) });

export const handler = queryHandler(
  shipping,
  'get-handover',
  getHandover(openCarrier(openParty(shipping, 'carrier').call)),
);
