import { HOUR_MS } from './fate-lists';
import { type Call, type Fate, type Injector, OK } from './fates';
import type { PlannedOrder, Profile } from './simulation';
import { anOrder, called, findMissing, planOf, run, strike } from './world-run';

describe.each<Profile>(['STANDARD', 'EXPRESS'])('the simulated system (%s)', (profile) => {
  it('confirms orders', async () => {
    const plan = planOf(anOrder(), anOrder({ key: 'key-2', customerId: 'bob', placedAtMs: 20 }));

    const outcome = await run({ profile, plan });

    expect(outcome).toMatchObject({ violations: [], strikes: [], statuses: ['CONFIRMED', 'CONFIRMED'], available: 6 });
    expect(outcome.charges).toEqual(['CAPTURED', 'CAPTURED']);
    expect(outcome.parcels).toEqual(['BOOKED', 'BOOKED']);
  });

  it.each<[string, Partial<PlannedOrder>, object]>([
    ['a card that is declined', { token: 'tok_declined' }, { parcels: [] }],
    ['too little stock', { lines: [{ sku: 'MUG-01', quantity: 11 }] }, { charges: [], parcels: [] }],
    ['an address that is refused', { postalCode: '00000' }, { charges: ['REFUNDED'] }],
    ['a provider that is down', { token: 'tok_error' }, { parcels: [] }],
  ])('rejects an order for %s and undoes it', async (_, parts, books) => {
    const outcome = await run({ profile, plan: planOf(anOrder(parts)) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['REJECTED'], available: 10, ...books });
  });

  it('cancels an order that is on its way, and one that is confirmed', async () => {
    const plan = planOf(
      anOrder({ cancelledAtMs: 100 }),
      anOrder({ key: 'key-2', cancelledAtMs: 30_000 }),
      anOrder({ key: 'key-3' }),
    );

    const outcome = await run({ profile, plan });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CANCELLED', 'CANCELLED', 'CONFIRMED'], available: 8 });
  });

  it('keeps an order whose parcel is handed over before it is cancelled, and while it is', async () => {
    const injector = strike(
      ({ name, orderId, phase }) => name === 'shipping/cancel-shipment' && phase === 'forward' && orderId !== undefined,
      { kind: 'delay', delayMs: 5_000 },
    );
    const plan = planOf(
      anOrder({ cancelledAtMs: 30_000, handedOverAtMs: 20_000 }),
      anOrder({ key: 'key-2', cancelledAtMs: 30_000, handedOverAtMs: 32_000 }),
      anOrder({ key: 'key-3', cancelledAtMs: 30_000, handedOverAtMs: 60_000 }),
    );

    const outcome = await run({ profile, plan, injector });

    expect(outcome.violations).toEqual([]);
    const heard = outcome.evidence.clients.map(({ cancellations: [first] }) => first?.status);
    expect(heard).toEqual([409, 202, 202]);
    const ids = outcome.evidence.clients.map(({ orderId }) => orderId);
    const books = ids.map((orderId) => outcome.books.orders.find((order) => order.orderId === orderId)?.status);
    expect(books).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED']);
    expect(outcome.evidence.handedOver.map(({ orderId }) => orderId)).toEqual(ids.slice(0, 2));
    expect(outcome).toMatchObject({ parcels: ['BOOKED', 'BOOKED', 'CANCELLED'] });
  });

  it('hands over no parcel of an order that is not confirmed', async () => {
    const injector = strike(called('orders/confirm-order'), { kind: 'delay', delayMs: 8_000 });

    const outcome = await run({ profile, injector, plan: planOf(anOrder({ handedOverAtMs: 5_000 })) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CONFIRMED'], parcels: ['BOOKED'] });
    expect(outcome.evidence.handedOver).toEqual([]);
  });

  it('has a parked order redriven by its operator', async () => {
    const injector = strike(
      ({ phase, name, nth }) => phase === 'undo' && name === 'inventory/release-stock' && nth < 7,
      { kind: 'error-before', error: 'Lambda.ServiceException' },
    );

    const outcome = await run({ profile, injector, plan: planOf(anOrder({ token: 'tok_declined' })) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['REJECTED'], available: 10 });
    expect(outcome.history.join('\n')).toMatch(/redrive-saga #0: \{"outcome":"started"\}/);
  });

  it('has an order taken up whose execution was stopped by hand', async () => {
    const injector = strike(called('payments/charge-payment'), { kind: 'stop' });

    const outcome = await run({ profile, injector });

    expect(outcome.violations).toEqual([]);
    expect(outcome.strikes).toHaveLength(1);
    expect(outcome.history.join('\n')).toMatch(/sweep-orders.*StartExecution place-order/s);
  });

  it('shows customers their orders, a page at a time', async () => {
    const all = ['alice', 'bob'].flatMap((customerId) =>
      [0, 1, 2, 3, 4].map((nth) => anOrder({ key: `key-${nth}`, customerId, placedAtMs: nth * 1_000 })),
    );

    const outcome = await run({ profile, plan: planOf(...all) });

    expect(outcome.violations).toEqual([]);
    const pages = outcome.evidence.clients.flatMap(({ lists }) => lists.map((list) => list.pages.length));
    expect(Math.max(...pages)).toBe(3);
  });

  it('starts a saga twice when it is told to, and charges once', async () => {
    const injector = strike(called('StartExecution place-order'), { kind: 'twin', afterMs: 50 });

    const outcome = await run({ profile, injector });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CONFIRMED'], charges: ['CAPTURED'] });
    expect(outcome.history.filter((line) => /payments\/charge-payment #\d: ok/.test(line))).toHaveLength(2);
  });
});

describe('a call that is struck', () => {
  const RESERVE = 'inventory/reserve-stock';
  const WRITE = 'inventory UpdateItem';

  it.each<[string, Call['name'], Fate, RegExp[]]>([
    [
      'fails before it takes effect, and is made again',
      RESERVE,
      { kind: 'error-before', error: 'Lambda.ServiceException' },
      [/reserve-stock #0: ServiceException/, /inventory UpdateItem #0: ok/, /reserve-stock #1: ok/],
    ],
    [
      'takes effect without an answer: the task gives up after its time limit, and the repeat finds what was done',
      RESERVE,
      { kind: 'error-after' },
      [
        /0\.0\d\d .* inventory UpdateItem #0: ok/,
        /1[5-9]\.\d+ .* inventory UpdateItem #1: Conditional/,
        /reserve-stock #1: ok/,
      ],
    ],
    [
      'dies after its first write, and the repeat finds that one',
      RESERVE,
      { kind: 'crash', afterWrites: 1 },
      [
        /inventory UpdateItem #0: ok/,
        /reserve-stock #0: Runtime.ExitError/,
        /UpdateItem #1: Conditional/,
        /reserve-stock #1: ok/,
      ],
    ],
    [
      'dies before its first write',
      RESERVE,
      { kind: 'crash', afterWrites: 0 },
      [/reserve-stock #0: Runtime.ExitError/, /inventory UpdateItem #1: ok/, /reserve-stock #1: ok/],
    ],
    [
      'is a write after which its function dies, and the repeat finds it',
      WRITE,
      { kind: 'crash', afterWrites: 1 },
      [/reserve-stock #0: Runtime.ExitError/, /UpdateItem #0: Died/, /UpdateItem #1: Conditional/, /stock #1: ok/],
    ],
    [
      'is a charge after which the function dies, and the repeat charges no second time',
      'provider POST /charges',
      { kind: 'crash', afterWrites: 1 },
      [/charges #0: Died/, /charge-payment #0: Runtime.ExitError/, /POST \/charges #1: 200/, /charge-payment #1: ok/],
    ],
    [
      'is delivered twice, and the second finds the first',
      RESERVE,
      { kind: 'duplicate', afterMs: 100 },
      [
        /reserve-stock #0: ok/,
        / 0\.1\d+ .*reserve-stock #0 lands late/,
        /UpdateItem #1: Conditional/,
        /#0 has landed: ok/,
      ],
    ],
    [
      'is delivered once more when what it reserved is sold, and is refused',
      RESERVE,
      { kind: 'duplicate', afterMs: 5_000 },
      [/sell-stock #1: ok/, / 5\.\d+ .*reserve-stock #0 lands late/, /#0 has landed: StepUndoneError/],
    ],
    [
      'is carried out long after its deadline, and is refused',
      'payments/charge-payment',
      { kind: 'late', landsAfterMs: 600_000 },
      [/charge-payment #1: ok/, / 600\.\d+ .*charge-payment #0 has landed: DeadlineExceededError/],
    ],
    [
      'is a write whose answer is lost: the client of the table makes it again and meets itself',
      WRITE,
      { kind: 'error-after' },
      [
        / 2\.\d+ .* inventory UpdateItem #0: TimeoutError/,
        /inventory UpdateItem #1: Conditional/,
        /reserve-stock #0: ok/,
      ],
    ],
    [
      'is a write that is throttled, and is made again by the client of the table',
      WRITE,
      { kind: 'error-before', error: 'ThrottlingException' },
      [/UpdateItem #0: ThrottlingException/, /UpdateItem #1: ok/, /reserve-stock #0: ok/],
    ],
    [
      'is a charge whose reply is lost: it is looked up',
      'provider POST /charges',
      { kind: 'error-after', error: '500' },
      [/POST \/charges #0: 500/, /provider GET \/charges\/\{reference\} #0: 200/, /charge-payment #0: ok/],
    ],
    [
      'has a clock that is wrong by an hour: the command has expired there',
      RESERVE,
      { kind: 'skew', byMs: HOUR_MS },
      [/reserve-stock #0: DeadlineExceededError/],
    ],
    ['arrives broken and is not tried again', RESERVE, { kind: 'garble' }, [/reserve-stock #0: InvalidCommandError/]],
    [
      'is the delivery of a record, and is made again',
      'orders/start-saga',
      { kind: 'error-before', error: 'ServiceException' },
      [/start-saga #0: ServiceException/, /start-saga #1: ok/],
    ],
    [
      'is a request of a client, who repeats it with the same key',
      'POST /v1/orders',
      { kind: 'error-after', error: '504' },
      [/POST \/v1\/orders #0: 504/, /POST \/v1\/orders #1: 202/],
    ],
  ])('%s', async (_, name, fate, story) => {
    const outcome = await run({ injector: strike(called(name), fate) });

    expect(outcome.violations).toEqual([]);
    expect(outcome.strikes).toMatchObject([{ fate }]);
    expect(findMissing(outcome.history, story)).toBeUndefined();
  });

  it('is not struck by a fate that is for other calls', async () => {
    const outcome = await run({ injector: strike(({ edge }) => edge === 'table', { kind: 'stop' }) });

    expect(outcome).toMatchObject({ strikes: [], statuses: ['CONFIRMED'] });
  });

  it('is a request before the true one when it is garbled, and is refused', async () => {
    const outcome = await run({ injector: strike(called('POST /v1/orders'), { kind: 'garble', as: 'huge' }) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CONFIRMED'] });
    expect(outcome.strikes).toHaveLength(1);
  });
});

describe('a simulation', () => {
  const plan = planOf(
    ...[0, 1, 2, 3, 4, 5].map((index) =>
      anOrder({ key: `key-${index}`, customerId: `customer-${index}`, lines: [{ sku: 'MUG-01', quantity: 2 }] }),
    ),
  );
  /** Something of everything, decided by the call alone. */
  const injector: Injector = ({ name, nth, edge }) => {
    const fates: Fate[] = [
      { kind: 'error-after' },
      OK,
      { kind: 'duplicate', afterMs: 3_000 },
      OK,
      { kind: 'late', landsAfterMs: 70_000 },
      { kind: 'crash', afterWrites: 1 },
      { kind: 'error-before', error: edge === 'party' ? '503' : 'ThrottlingException' },
      { kind: 'delay', delayMs: 2_000 },
    ];
    return nth > 1 ? OK : (fates[(name.length + nth) % fates.length] as Fate);
  };

  it('has the same history each time, byte for byte, and another one with another seed', async () => {
    const first = await run({ plan, injector, seed: 7 });
    const again = await run({ plan, injector, seed: 7 });
    const other = await run({ plan, injector, seed: 8 });

    expect(first.strikes.length).toBeGreaterThan(20);
    expect(again.history.join('\n')).toBe(first.history.join('\n'));
    expect(other.history.join('\n')).not.toBe(first.history.join('\n'));
  });

  it('ends quiet and without a violation when the faults have ended', async () => {
    const outcome = await run({ plan, injector, seed: 7 });

    expect(outcome).toMatchObject({ violations: [], deadLetters: 0 });
    expect(outcome.msToTerminal).toHaveLength(6);
  });
});
