import { type Clock, systemClock } from '../../../lib/clock';
import { emit } from '../../../lib/events/outbox';
import { undoOutside } from '../../../lib/idempotency/outside-effect';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/open-party';
import { untilWell } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { payments } from '../contract';
import { paymentRefunded } from '../events';
import { openProvider, type Provider } from '../provider';
import { chargeRecord } from '../store';

/**
 * Undoes the charge of an order, whether it happened, did not, or is still on its way. Where no charge was begun, it leaves
 * a mark that a late one meets, and the provider hears nothing of it. What is given back is told in the write that notes it.
 */
export const refundPayment =
  (table: Table, provider: Provider, clock: Clock) =>
  async ({ idempotencyKey, arguments: args }: CommandOf<typeof payments, 'refund-payment'>) => {
    const { orderId, customerId, currency } = args;
    await undoOutside(chargeRecord(table, args, clock), async () => {
      const { outcome, refundedCents } = await provider.cancel(orderId);
      if (outcome === 'blocked') return { status: 'VOIDED', set: { refundedCents } };
      const data = { orderId, customerId, refundedCents, currency };
      const emission = { correlationId: orderId, causationId: idempotencyKey, now: clock.now() };
      return { status: 'REFUNDED', set: { refundedCents }, emit: [emit(paymentRefunded, data, emission)] };
    });
    return {};
  };

export const handler = stepHandler(
  payments,
  'refund-payment',
  refundPayment(openTable(), openProvider(untilWell(openParty(payments, 'provider'))), systemClock),
);
