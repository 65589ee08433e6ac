import '../environment';
import fc from 'fast-check';
import { notifyCustomer } from '../../../../functions/notifications/handlers/notify-customer';
import { openSender } from '../../../../functions/notifications/sender';
import type { CallParty } from '../../../../lib/resilience/outside-party';
import type { Table } from '../../../../lib/table/dynamodb-table';
import { clock } from '../../../support/a-command';
import { answered } from '../../../support/fake-party';
import { type Fate, interleave, type Pass, type Turn } from '../../../support/workers';
import { openNotificationsTable } from '../notifications-table';
import { EVENTS } from '../some-events';

const WORKERS = 3;
const RUNS = { seed: 20260101, numRuns: 60 };

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('go') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('lose reply', 'die before', 'die after') },
);
const turns = fc.array(fc.record<Turn>({ worker: fc.nat(WORKERS - 1), fate: fates }), { maxLength: 20 });

/** A sender that honours its keys: it brings a message once, and remembers what it brought. */
function aSender() {
  const brought = new Map<string, unknown>();
  const call: CallParty = async ({ headers = {}, body }) => {
    const key = headers['idempotency-key'] ?? '';
    if (!brought.has(key)) brought.set(key, body);
    return answered(200);
  };
  return { call, brought };
}

describe('one event in the hands of several consumers, whichever of them die', () => {
  it('becomes one notification and one message', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        const store = await openNotificationsTable();
        const sender = aSender();
        const take = (table: Table, pass: Pass) => {
          const call: CallParty = (request) => pass(() => sender.call(request));
          return notifyCustomer(table, openSender(call), clock)['payment.refunded'](EVENTS['payment.refunded']);
        };

        await interleave(
          Array.from({ length: WORKERS }, () => (pass: Pass) => take(store.tableOf(pass), pass)),
          plan,
        );
        await take(store.table, (call) => call());

        const rows = await store.scan();
        expect(rows).toMatchObject([{ status: 'SENT', message: 'Payment refunded: 24.00 EUR' }]);
        expect([...sender.brought]).toMatchObject([
          [rows[0]?.notificationId, { reference: rows[0]?.notificationId, message: 'Payment refunded: 24.00 EUR' }],
        ]);
        await store.close();
      }),
      RUNS,
    );
  });
});
