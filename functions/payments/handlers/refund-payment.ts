import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { payments } from '../contract';
import { openProvider, type Provider } from '../provider';
import { beginUndo, finishUndo } from '../store';

/**
 * Undoes the charge of an order, whether it happened, did not, or is still on its way. The provider is asked even when the
 * record says that nothing was charged: it alone knows, and once it has cancelled the reference no late charge can land.
 */
export const refundPayment =
  (table: Table, provider: Provider, clock: Clock) =>
  async ({ arguments: args }: CommandOf<typeof payments, 'refund-payment'>) => {
    const status = await beginUndo(table, args, clock.now());
    if (status !== 'CANCELLING') return {};
    const cancellation = await provider.cancel(args.orderId);
    await finishUndo(table, args.orderId, cancellation, clock.now());
    return {};
  };

export const handler = stepHandler(
  payments,
  'refund-payment',
  refundPayment(openTable(), openProvider(openParty('provider')), systemClock),
);
