import { type Clock, systemClock } from '../../../lib/clock';
import { doOutside } from '../../../lib/idempotency/outside-effect';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { openParty } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../../orders/contract';
import { payments } from '../contract';
import { PaymentDeclinedError } from '../domain';
import { openProvider, type Provider } from '../provider';
import { CHARGE, chargeRecord } from '../store';

/** Longer than the order service needs for one read, a cold start included. */
const TOKEN_TIMEOUT_MS = 4_000;

/**
 * Charges an order once: the intent is written, the provider asked, its answer written. Whichever of the three a repeat finds
 * done, it goes on from there; what the provider did is looked up rather than guessed.
 */
export const chargePayment =
  (table: Table, call: CallService, provider: Provider, clock: Clock) =>
  async ({ idempotencyKey, arguments: args }: CommandOf<typeof payments, 'charge-payment'>) => {
    const { orderId, amountCents, currency } = args;
    const record = chargeRecord(table, args, clock, idempotencyKey);
    const result = await doOutside(CHARGE, record, orderId, async () => {
      const { token } = await call(query(orders, 'get-payment-token'), { orderId }, { timeoutMs: TOKEN_TIMEOUT_MS });
      const charge = { reference: orderId, orderId, amountCents, currency, token, idempotencyKey };
      const outcome = await provider.charge(charge);
      if (outcome === 'undone') return outcome;
      return { status: outcome === 'captured' ? CHARGE.settled : CHARGE.refused };
    });
    if (result === 'refused') throw new PaymentDeclinedError();
    return {};
  };

export const handler = stepHandler(
  payments,
  'charge-payment',
  chargePayment(openTable(), callService, openProvider(openParty('provider')), systemClock),
);
