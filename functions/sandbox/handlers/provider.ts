import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { type UrlRoutes, urlHandler } from '../../../lib/lambda/url-handler';
import { openSecret } from '../../../lib/secrets/aws-secret';
import { ENV } from '../../../lib/service/names';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { carryOut, type Wait } from '../carry-out';
import { ChargeBody, check, idempotencyKeyOf, referenceOf } from '../check';
import { type CancellableEntry, planCharge } from '../domain';
import { cancelEntry, countAttempt, findEntry } from '../store';

/** The payment provider, as functions/payments/provider.ts expects one: the token decides what it does. */
export const provider = (table: Table, wait: Wait, clock: Clock): UrlRoutes => ({
  'POST /charges': async (request) => {
    const { token, ...charge } = check(ChargeBody, request.body, 'body');
    const idempotencyKey = idempotencyKeyOf(request);
    const { reference } = charge;
    const plan = planCharge(token, await countAttempt(table, 'charges', { reference, idempotencyKey }, clock.now()));
    const entry: CancellableEntry = {
      ...charge,
      book: 'charges',
      status: 'CAPTURED',
      idempotencyKey,
      updatedAt: toTimestamp(clock.now()),
      ...(plan === 'accept, fail refunds' && { refundFault: true }),
    };
    const result = await carryOut(plan, entry, { table, wait, request });
    return { status: result.created ? 201 : 200, body: toCharge(result.entry) };
  },
  'GET /charges/{reference}': async (request) => {
    const reference = referenceOf(request);
    const entry = await findEntry(table, 'charges', reference);
    if (!entry) throw new NotFoundError('charge', reference);
    return { status: 200, body: toCharge(entry) };
  },
  'POST /charges/{reference}/cancel': async (request) => {
    const entry = await cancelEntry(table, 'charges', referenceOf(request), clock.now());
    return { status: 200, body: toCharge(entry) };
  },
});

function toCharge({ reference, orderId, status, amountCents = 0, currency }: CancellableEntry) {
  return { reference, orderId, status, amountCents, refundedCents: status === 'REFUNDED' ? amountCents : 0, currency };
}

export const handler = urlHandler(provider(openTable(), wait, systemClock), openSecret(requireEnv(ENV.ownSecretArn)));
