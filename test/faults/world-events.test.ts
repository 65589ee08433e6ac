import { HOUR_MS, MINUTE_MS } from './fate-lists';
import { type Call, type Fate, OK } from './fates';
import type { PlannedTask } from './simulation';
import { anOrder, called, findMissing, planOf, type Run, run, strike } from './world-run';

const CREATED = 'notifications/notify-customer task.created';

/** One task that is completed after a minute, unless told. */
function aTask(parts: Partial<PlannedTask> = {}): PlannedTask {
  return { key: 'task-1', customerId: 'alice', title: 'A task', createdAtMs: 0, completedAtMs: MINUTE_MS, ...parts };
}

const tasksOnly = (...tasks: PlannedTask[]) => ({ ...planOf(), tasks });

async function runEvents(options: Run) {
  const outcome = await run(options);
  const { published, notifications, messages, deadLetters, forged } = outcome.evidence;
  return {
    ...outcome,
    told: published.map(({ type, detail: { metadata } }) => `${type} ${metadata.version}`).sort(),
    heard: notifications.map(({ type }) => type).sort(),
    messages: messages.length,
    letters: deadLetters,
    forged,
  };
}

describe('the simulated events', () => {
  it('tell customers what became of their tasks, once', async () => {
    const outcome = await runEvents({ plan: tasksOnly(aTask(), aTask({ key: 'task-2', customerId: 'bob' })) });

    const both = ['task.completed', 'task.completed', 'task.created', 'task.created'];
    expect(outcome).toMatchObject({ violations: [], heard: both, messages: 4, letters: [] });
    expect(outcome.told).toEqual(both.map((type) => `${type} 1`));
  });

  it('are told in each version that lives, and sell what was bought', async () => {
    const outcome = await runEvents({});

    expect(outcome).toMatchObject({ violations: [], available: 8, reserved: 0, heard: ['order.confirmed'] });
    expect(outcome.told).toEqual(['order.confirmed 1', 'order.confirmed 2']);
  });

  it('have what was sold brought back when the order is cancelled afterwards', async () => {
    const outcome = await runEvents({ plan: planOf(anOrder({ cancelledAtMs: MINUTE_MS })) });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CANCELLED'], available: 10, reserved: 0 });
    expect(outcome.heard).toEqual(['order.cancelled', 'order.confirmed', 'payment.refunded']);
  });

  it('sell nothing when the sale comes after the return', async () => {
    const injector = strike(called('inventory/sell-stock order.confirmed'), { kind: 'delay', delayMs: 10 * MINUTE_MS });
    const injectorOfBoth = (call: Call) =>
      call.name.startsWith('inventory/sell-stock order') ? injector({ ...call, nth: 0 }) : OK;

    const plan = planOf(anOrder({ cancelledAtMs: MINUTE_MS }));
    const outcome = await runEvents({ plan, injector: injectorOfBoth });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CANCELLED'], available: 10, reserved: 0 });
    expect(
      findMissing(outcome.history, [/complete-cancellation #0: ok/, / 6\d\d\.\d+ .*sell-stock #\d: ok/]),
    ).toBeUndefined();
  });

  it('change nothing when all of them are replayed', async () => {
    const plan = { ...planOf(anOrder(), anOrder({ key: 'key-2', cancelledAtMs: MINUTE_MS })), tasks: [aTask()] };

    const outcome = await runEvents({ plan: { ...plan, replayedAtMs: 2 * HOUR_MS } });

    expect(outcome).toMatchObject({ violations: [], available: 8, reserved: 0, messages: 6 });
    const replayed = outcome.history.filter((line) => / 7[2-9]\d\d\.\d+ .* rule .*: ok$/.test(line));
    expect(replayed.length).toBeGreaterThanOrEqual(outcome.told.length);
  });

  it('begin with an order whose saga is started though its record was given up: it is read from the stream again', async () => {
    const injector = strike(({ name }) => name === 'orders/start-saga', {
      kind: 'error-before',
      error: 'ServiceException',
    });

    const outcome = await runEvents({ injector, faultsEndAtMs: 70 * MINUTE_MS });

    expect(outcome).toMatchObject({ violations: [], statuses: ['CONFIRMED'], letters: [] });
    expect(findMissing(outcome.history, [/ 4\d\d\d\.\d+ .* queue orders\/start-saga #0: ok/])).toBeUndefined();
  });
});

describe('an event that is struck', () => {
  it.each<[string, (call: Call) => boolean, Fate, RegExp[]]>([
    [
      'is told again when the bus has not taken it, though the request is answered well',
      called('tasks PutEvents'),
      { kind: 'part', error: 'InternalFailure', refused: 'last' },
      [/PutEvents #0: 1 refused/, /PutEvents #1: ok/, /relay-events #0: ok/],
    ],
    [
      'is told again when its relay dies before the stream knows',
      called('tasks PutEvents'),
      { kind: 'crash', afterWrites: 1 },
      [/relay-events #0: Runtime.ExitError/, /rule .*task.created #0: ok/, /PutEvents #1: ok/, /task.created #1: ok/],
    ],
    [
      'is told once its relay runs again',
      called('tasks/relay-events'),
      { kind: 'error-before', error: 'ServiceException' },
      [/relay-events #0: ServiceException/, /relay-events #1: ok/],
    ],
    [
      'is given up at once by a rule that is not allowed, and sent again by people',
      called(CREATED),
      { kind: 'error-before', error: 'AccessDeniedException' },
      [/task.created #0: AccessDenied/, / 3\d\d\d\.\d+ .* queue notifications\/notify-customer #\d: ok/],
    ],
    [
      'is minutes late, and heard after the one that followed it',
      called(CREATED),
      { kind: 'delay', delayMs: 10 * MINUTE_MS },
      [/task.completed #0: ok/, /notify-customer #0: ok/, / 60\d\.\d+ .*task.created #0: ok/, /notify-customer #1: ok/],
    ],
    [
      'is handed to a consumer that dies after its first write, and comes again',
      called('notifications/notify-customer'),
      { kind: 'crash', afterWrites: 1 },
      [/notifications PutItem #0: ok/, /notify-customer #0: Runtime.ExitError/, /PutItem #\d: Conditional/],
    ],
    [
      'is sent though the reply of the sender is lost, and once only',
      called('sender POST /messages'),
      { kind: 'error-after', error: '500' },
      [/POST \/messages #0: 500/, /POST \/messages #1: 20[01]/],
    ],
    [
      'is handed over once more a day later',
      called('notifications/notify-customer'),
      { kind: 'duplicate', afterMs: 25 * HOUR_MS },
      [/notify-customer #0: ok/, /^ ?9\d{4}\.\d+ .*notify-customer #0 has landed: ok/],
    ],
  ])('%s', async (_, fits, fate, story) => {
    const outcome = await runEvents({ plan: tasksOnly(aTask()), injector: strike(fits, fate) });

    expect(outcome).toMatchObject({
      violations: [],
      heard: ['task.completed', 'task.created'],
      messages: 2,
      letters: [],
    });
    expect(new Set(outcome.strikes.map((each) => each.fate))).toEqual(new Set([fate]));
    expect(findMissing(outcome.history, story)).toBeUndefined();
  });

  it('waits while its consumer fails, is given up after an hour and a half, and sent again by people', async () => {
    const failing: Fate = { kind: 'error-before', error: 'Runtime.ExitError' };
    const injector = strike(({ name }) => name === 'notifications/notify-customer', failing);

    const outcome = await runEvents({ plan: tasksOnly(aTask()), injector, faultsEndAtMs: 100 * MINUTE_MS });

    expect(outcome).toMatchObject({ violations: [], heard: ['task.completed', 'task.created'], letters: [] });
    const story = [
      / 5[23]\d\d\.\d+ .*notify-customer #59: Runtime.ExitError/,
      / 6\d\d\d\.\d+ .*notify-customer #\d+: ok/,
    ];
    expect(findMissing(outcome.history, story)).toBeUndefined();
  });

  it.each<[string, string, Fate]>([
    ['in the records of its relay', 'tasks/relay-events', { kind: 'forge', as: 'wrong-type' }],
    ['on the bus', 'tasks PutEvents', { kind: 'forge', as: 'no-data' }],
    ['in front of it in the queue', CREATED, { kind: 'forge', as: 'version' }],
    ['among the messages of its batch', 'notifications/notify-customer', { kind: 'forge', as: 'no-json' }],
  ])('is heard though there is poison %s, which is put aside and stays there', async (_, name, fate) => {
    const outcome = await runEvents({ plan: tasksOnly(aTask()), injector: strike(called(name), fate) });

    expect(outcome).toMatchObject({ violations: [], heard: ['task.completed', 'task.created'], deadLetters: 0 });
    expect(outcome.letters).toHaveLength(1);
    expect(outcome.letters[0]).toContain(outcome.forged[0]?.mark);
  });

  it('is heard though there is an event of a type that nobody knows, which is passed over', async () => {
    const injector = strike(called('notifications/notify-customer'), { kind: 'forge', as: 'type' });

    const outcome = await runEvents({ plan: tasksOnly(aTask()), injector });

    expect(outcome).toMatchObject({ violations: [], heard: ['task.completed', 'task.created'], letters: [] });
    expect(outcome.strikes).toHaveLength(1);
  });
});

describe('a simulation of events', () => {
  /** Something of everything, decided by the call alone. */
  const injector = ({ edge, name, nth }: Call): Fate => {
    const fates: Fate[] = [
      { kind: 'error-after', error: edge === 'party' ? '500' : 'ServiceException' },
      { kind: 'forge', as: 'version' },
      { kind: 'duplicate', afterMs: 3_000 },
      { kind: 'part', error: 'InternalFailure', refused: 'first' },
      { kind: 'crash', afterWrites: 1 },
      { kind: 'delay', delayMs: 2_000 },
    ];
    return nth > 1 || edge === 'lambda' ? OK : (fates[(name.length + nth) % fates.length] as Fate);
  };
  const plan = {
    ...planOf(anOrder(), anOrder({ key: 'key-2', cancelledAtMs: MINUTE_MS })),
    tasks: [0, 1, 2, 3].map((index) => aTask({ key: `task-${index}`, customerId: `customer-${index}` })),
    replayedAtMs: HOUR_MS,
  };

  it('has the same history each time, byte for byte, replays included, and ends without a violation', async () => {
    const first = await runEvents({ plan, injector });
    const again = await runEvents({ plan, injector });

    expect(first).toMatchObject({ violations: [], deadLetters: 0 });
    expect(new Set(first.strikes.map(({ fate }) => fate.kind)).size).toBe(6);
    expect(again.history.join('\n')).toBe(first.history.join('\n'));
  });
});
