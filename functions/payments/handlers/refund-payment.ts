import { type Clock, systemClock } from '../../../lib/clock';
import { undoOutside } from '../../../lib/idempotency/outside-effect';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { payments } from '../contract';
import { openProvider, type Provider } from '../provider';
import { chargeRecord } from '../store';

/**
 * Undoes the charge of an order, whether it happened, did not, or is still on its way. Where no charge was begun, it leaves
 * a mark that a late one meets, and the provider hears nothing of it.
 */
export const refundPayment =
  (table: Table, provider: Provider, clock: Clock) =>
  async ({ arguments: args }: CommandOf<typeof payments, 'refund-payment'>) => {
    await undoOutside(chargeRecord(table, args, clock), async () => {
      const { outcome, refundedCents } = await provider.cancel(args.orderId);
      return { status: outcome === 'refunded' ? 'REFUNDED' : 'VOIDED', set: { refundedCents } };
    });
    return {};
  };

export const handler = stepHandler(
  payments,
  'refund-payment',
  refundPayment(openTable(), openProvider(openParty('provider')), systemClock),
);
