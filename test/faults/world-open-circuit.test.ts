import { MINUTE_MS } from './fate-lists';
import type { Call, Injector } from './fates';
import type { Profile } from './simulation';
import { anOrder, findMissing, planOf, run, strike } from './world-run';

const START_AT = Date.UTC(2026, 0, 1);

/** The circuit refuses the calls of a function while an order is on its way, or is undone. */
const refuse = (name: string, fits: (call: Call) => boolean = () => true): Injector =>
  strike((call) => call.name === name && call.at >= START_AT && fits(call), {
    kind: 'error-before',
    error: 'CircuitOpenError',
  });
const forTenMinutes = ({ at }: Call) => at < START_AT + 10 * MINUTE_MS;
const commandsIn = (history: readonly string[], name: string) =>
  history.filter((line) => line.includes(` lambda ${name} #`) && !line.includes('is struck'));

describe.each<Profile>(['STANDARD', 'EXPRESS'])('while the circuit to a party is open (%s)', (profile) => {
  it.each([
    ['payments/charge-payment', 'PAYMENT_UNAVAILABLE', { charges: [], parcels: [] }],
    ['shipping/create-shipment', 'SHIPPING_UNAVAILABLE', { charges: ['REFUNDED'], parcels: [] }],
  ])('%s is tried once, and the order is rejected at once as %s, with nothing left', async (step, code, books) => {
    const outcome = await run({ profile, injector: refuse(step) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['REJECTED'], available: 10, reserved: 0, ...books });
    expect(outcome.strikes).toHaveLength(1);
    expect(outcome.evidence.books.orders[0]).toMatchObject({ status: 'REJECTED' });
    expect([...outcome.evidence.versions.values()].flat().at(-1)?.row).toMatchObject({ rejection: { code } });
    expect(findMissing(outcome.history, [/^ +[01]\.\d+ .*orders\/reject-order #0: ok/])).toBeUndefined();
  });

  it('a step that is refused for a moment is repeated, and the order is confirmed', async () => {
    const injector = strike(({ name, nth }) => name === 'payments/charge-payment' && nth < 2, {
      kind: 'error-before',
      error: 'RetryLaterError',
    });

    const outcome = await run({ profile, injector });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CONFIRMED'], charges: ['CAPTURED'] });
    expect(outcome.strikes).toHaveLength(2);
  });

  it.each([
    ['payments/refund-payment', { token: 'tok_ok', postalCode: '00000' }, { charges: ['REFUNDED'] }],
    ['shipping/cancel-shipment', { token: 'tok_ok', postalCode: '99999' }, {}],
  ])(
    '%s is repeated for ten minutes, and the order is undone to the end and never parked',
    async (undo, parts, books) => {
      const outcome = await run({ profile, injector: refuse(undo, forTenMinutes), plan: planOf(anOrder(parts)) });

      expect(outcome).toMatchObject({ violations: [], statuses: ['REJECTED'], available: 10, reserved: 0, ...books });
      expect(commandsIn(outcome.history, 'orders/park-order')).toEqual([]);
      expect(outcome.strikes.length).toBeGreaterThan(15);
      expect(outcome.history.join('\n')).not.toContain('redrive-saga');
    },
  );

  it('the settlement of a cancellation and its refund wait as well, and the order is cancelled', async () => {
    const open = (call: Call) =>
      /^(shipping\/(cancel-shipment|settle-cancellation)|payments\/refund-payment)$/.test(call.name);
    const injector = strike((call) => open(call) && forTenMinutes(call), {
      kind: 'error-before',
      error: 'CircuitOpenError',
    });

    const outcome = await run({ profile, injector, plan: planOf(anOrder({ cancelledAtMs: 30_000 })) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CANCELLED'], available: 10, charges: ['REFUNDED'] });
    expect(outcome).toMatchObject({ parcels: ['CANCELLED'] });
    expect(commandsIn(outcome.history, 'orders/park-order')).toEqual([]);
  });
});
