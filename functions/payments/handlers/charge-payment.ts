import { type Clock, systemClock } from '../../../lib/clock';
import { doOutside } from '../../../lib/idempotency/outside-effect';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { openParty } from '../../../lib/resilience/open-party';
import { type Admit, admitting } from '../../../lib/resilience/outside-party';
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
 *
 * The provider's circuit is asked before the intent is written: where nobody is called, nothing is to be undone at the provider. The
 * token is read before that. Under a leave there is one write before the call, and not a wait for another service: whoever has the leave
 * to make the one probe keeps all others waiting.
 *
 * @throws {CircuitOpenError} from the step, when the provider is not called at the moment: this attempt has written and sent nothing
 */
export const chargePayment =
  (table: Table, call: CallService, admit: Admit<Provider>, clock: Clock) =>
  async ({ idempotencyKey, arguments: args }: CommandOf<typeof payments, 'charge-payment'>) => {
    const { orderId, amountCents, currency } = args;
    const { token } = await call(query(orders, 'get-payment-token'), { orderId }, { timeoutMs: TOKEN_TIMEOUT_MS });
    const charge = { reference: orderId, orderId, amountCents, currency, token, idempotencyKey };
    const record = chargeRecord(table, args, clock, idempotencyKey);
    const result = await admit((provider) =>
      doOutside(CHARGE, record, orderId, async () => {
        const outcome = await provider.charge(charge);
        if (outcome === 'undone') return outcome;
        return { status: outcome === 'captured' ? CHARGE.settled : CHARGE.refused };
      }),
    );
    if (result === 'refused') throw new PaymentDeclinedError();
    return {};
  };

export const handler = stepHandler(
  payments,
  'charge-payment',
  chargePayment(openTable(), callService, admitting(openParty(payments, 'provider'), openProvider), systemClock),
);
