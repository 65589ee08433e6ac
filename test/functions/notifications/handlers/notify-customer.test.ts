import '../environment';
import type { Context, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { notifications } from '../../../../functions/notifications/contract';
import type { NotificationRow } from '../../../../functions/notifications/domain';
import { notifyCustomer } from '../../../../functions/notifications/handlers/notify-customer';
import { openSender } from '../../../../functions/notifications/sender';
import { books } from '../../../../functions/sandbox/handlers/books';
import { sender as sandboxSender } from '../../../../functions/sandbox/handlers/sender';
import { AppError } from '../../../../lib/errors/app-error';
import { eventHandler } from '../../../../lib/lambda/event-handler';
import type { CallParty, PartyOutcome } from '../../../../lib/resilience/outside-party';
import type { Table } from '../../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { answered, CIRCUIT_OPEN, fakeParty, UNKNOWN } from '../../../support/fake-party';
import { openRoomTable, type RoomTable } from '../../../support/room-table';
import { type NotificationsTable, openNotificationsTable } from '../notifications-table';
import { aQueueMessage, EVENTS } from '../some-events';

type Type = keyof typeof EVENTS;
const TYPES = Object.keys(EVENTS) as Type[];
const SENT = answered(201, { status: 'SENT' });

/** Goes on with every look: no two deliveries are at the same time. */
const ticking = { now: () => (nowMs += 1_000) };
let nowMs = Date.parse(NOW);

let store: NotificationsTable;
let sandbox: RoomTable;
beforeEach(async () => {
  nowMs = Date.parse(NOW);
  store = await openNotificationsTable();
  sandbox = await openRoomTable({ partitionKey: 'book', sortKey: 'reference' });
  jest.spyOn(console, 'info').mockReturnValue();
  jest.spyOn(console, 'error').mockReturnValue();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([store.close(), sandbox.close()]);
});

/** The sandbox as the party that the service calls. */
const toSandbox: CallParty = async ({ method, path, headers = {}, body }) => {
  try {
    const answer = await ask(sandboxSender(sandbox.table, clock), `${method} ${path}`, { headers, body });
    return answered(answer.status, answer.body);
  } catch (error) {
    if (error instanceof AppError) return answered(error.status, { code: error.code });
    throw error;
  }
};

async function tell(type: Type, call: CallParty = toSandbox, table: Table = store.table): Promise<void> {
  const reaction = notifyCustomer(table, openSender(call), ticking)[type] as (event: object) => Promise<void>;
  await reaction(EVENTS[type]);
}

/** What the sandbox was given. */
async function messages(): Promise<Array<{ reference: string; attempts: number }>> {
  const { body } = await ask(books(sandbox.table, clock), 'GET /messages');
  return (body as { items: Array<{ reference: string; attempts: number }> }).items;
}

describe('an event', () => {
  it('becomes a notification that was sent', async () => {
    await tell('task.created');

    expect(await store.scan()).toEqual([
      {
        notificationId: expect.stringMatching(/^ntf_[0-9a-f]{32}$/),
        customerId: 'alice',
        type: 'task.created',
        message: 'Task created!',
        subject: { kind: 'task', id: EVENTS['task.created'].aggregateId },
        status: 'SENT',
        createdAt: '2026-01-01T00:01:00.000Z',
        updatedAt: '2026-01-01T00:00:02.000Z',
      },
    ]);
    const [row] = await store.scan();
    expect(await messages()).toEqual([
      { reference: row?.notificationId, customerId: 'alice', type: 'task.created', status: 'SENT', attempts: 1 },
    ]);
  });

  it.each<[Type, string, string]>([
    ['task.created', 'task', 'Task created!'],
    ['task.completed', 'task', 'Task completed!'],
    ['order.confirmed', 'order', 'Order confirmed!'],
    ['order.rejected', 'order', 'Order rejected: no MUG-01'],
    ['order.cancelled', 'order', 'Order cancelled.'],
    ['order.parked', 'order', 'Order needs our attention: we are looking into it.'],
    ['payment.refunded', 'order', 'Payment refunded: 24.00 EUR'],
  ])('%s tells about a %s: %s', async (type, kind, message) => {
    await tell(type);

    const { aggregateId, occurredAt } = EVENTS[type];
    const expected = { type, message, subject: { kind, id: aggregateId }, createdAt: occurredAt, status: 'SENT' };
    expect(await store.scan()).toMatchObject([expected]);
  });

  it('has no effect when it comes again, and the sender hears nothing', async () => {
    await tell('order.confirmed');
    const before = await store.scan();
    const { call, requests } = fakeParty();

    await tell('order.confirmed', call);

    expect(await store.scan()).toEqual(before);
    expect(requests).toEqual([]);
  });

  it('makes one notification when two come at once, and one message', async () => {
    await Promise.all([tell('task.created'), tell('task.created'), tell('task.created')]);

    expect(await store.scan()).toMatchObject([{ status: 'SENT' }]);
    expect(await messages()).toHaveLength(1);
  });

  it('has the same effects in whatever order and however often all of them come', async () => {
    const order = fc.shuffledSubarray([...TYPES, ...TYPES, ...TYPES], { minLength: 3 * TYPES.length });
    await fc.assert(
      fc.asyncProperty(order, async (deliveries) => {
        const world = await openNotificationsTable();
        try {
          const taken = new Map<string, number>();
          const call: CallParty = async ({ headers = {} }) => {
            const key = headers['idempotency-key'] ?? '';
            taken.set(key, (taken.get(key) ?? 0) + 1);
            return SENT;
          };
          for (const type of deliveries) await tell(type, call, world.table);

          const rows = await world.scan();
          expect(rows.map(({ type }) => type).sort()).toEqual([...TYPES].sort());
          for (const { type, createdAt } of rows) expect(createdAt).toBe(EVENTS[type as Type].occurredAt);
          expect([...taken].sort()).toEqual(rows.map(({ notificationId }) => [notificationId, 1]).sort());
        } finally {
          await world.close();
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('a sender that fails', () => {
  it.each<[string, PartyOutcome]>([
    ['does not answer', UNKNOWN],
    ['does not know our secret', answered(401)],
    ['has too many of our messages', answered(429)],
  ])('and %s leaves the notification pending, and the event comes again', async (_, outcome) => {
    const told = tell('task.created', fakeParty(outcome).call);
    await expect(told).rejects.toMatchObject({ name: 'SenderUnavailableError' });
    expect(await store.scan()).toMatchObject([{ status: 'PENDING', message: 'Task created!' }]);

    await tell('task.created');

    expect(await store.scan()).toMatchObject([{ status: 'SENT' }]);
    expect(await messages()).toMatchObject([{ attempts: 1 }]);
  });

  it('is not called while its circuit is open: nothing is noted, and the message goes when the event comes again', async () => {
    await expect(tell('task.created', fakeParty(CIRCUIT_OPEN).call)).rejects.toBe(CIRCUIT_OPEN);
    expect(await store.scan()).toMatchObject([{ status: 'PENDING', updatedAt: '2026-01-01T00:00:01.000Z' }]);

    await tell('task.created');

    expect(await messages()).toMatchObject([{ attempts: 1 }]);
  });

  it('and took the message all the same is given it again with the same key', async () => {
    const losing: CallParty = async (request) => {
      await toSandbox(request);
      return UNKNOWN;
    };
    await expect(tell('task.created', losing)).rejects.toMatchObject({ name: 'SenderUnavailableError' });

    await tell('task.created');

    expect(await store.scan()).toMatchObject([{ status: 'SENT' }]);
    expect(await messages()).toMatchObject([{ attempts: 2 }]);
  });

  it('refuses one message for good: that is noted, and the event is done with', async () => {
    await tell('order.rejected', fakeParty(answered(422)).call);
    expect(await store.scan()).toMatchObject([{ status: 'REFUSED' }]);
    const { call, requests } = fakeParty();

    await tell('order.rejected', call);

    expect(requests).toEqual([]);
  });

  it('refuses a message, and the log tells neither whom it was for nor what it says', async () => {
    await tell('order.rejected', fakeParty(answered(422, { detail: 'no MUG-01 for alice' })).call);

    const [row] = await store.scan();
    const lines = jest.mocked(console.error).mock.calls.flat().join('\n');
    expect(lines).toContain(`notification ${row?.notificationId} is refused: answered 422`);
    expect(lines).not.toMatch(/alice|MUG-01/);
  });
});

describe('a consumer that dies', () => {
  /** The table of a consumer whose call number `call`, from 1, has its effect or not, and never comes back. */
  function dyingAt(call: number, hasEffect: boolean): Table {
    let calls = 0;
    return store.tableOf(async (send) => {
      calls += 1;
      if (calls !== call || hasEffect) {
        const answer = await send();
        if (calls !== call) return answer;
      }
      throw new Error('the consumer died');
    });
  }

  it.each([
    ['before the notification is put', 1, false, 0, 1],
    ['after the notification was put', 1, true, 0, 1],
    ['after the sender took the message', 2, false, 1, 2],
    ['after the notification was noted as sent', 2, true, 1, 1],
  ])('%s has told the customer once when the event comes again', async (_, call, hasEffect, taken, attempts) => {
    await expect(tell('task.created', toSandbox, dyingAt(call, hasEffect))).rejects.toThrow('the consumer died');
    expect(await messages()).toHaveLength(taken);

    await tell('task.created');

    expect(await store.scan()).toMatchObject([{ status: 'SENT', message: 'Task created!' }]);
    expect(await messages()).toMatchObject([{ attempts }]);
  });

  it('leaves a message whose words stay what they were, though the next one would choose others', async () => {
    await expect(tell('order.rejected', fakeParty(UNKNOWN).call)).rejects.toThrow();
    const { call, requests } = fakeParty(SENT);
    const event = EVENTS['order.rejected'];

    const reactions = notifyCustomer(store.table, openSender(call), ticking);
    await reactions['order.rejected']({ ...event, data: { ...event.data, detail: 'there are no mugs' } });

    expect(requests).toMatchObject([{ body: { message: 'Order rejected: no MUG-01' } }]);
  });
});

describe('a batch of the queue', () => {
  const deadLetters = { send: jest.fn(async () => undefined) };
  async function take(call: CallParty, types: readonly Type[]) {
    const reactions = notifyCustomer(store.table, openSender(call), ticking);
    const handler = eventHandler(notifications, 'notify-customer', reactions, deadLetters);
    const event = { Records: types.map((type) => aQueueMessage(EVENTS[type])) } as unknown as SQSEvent;
    return handler(event, { awsRequestId: 'request-1' } as Context);
  }

  it('with one event of each type makes as many notifications', async () => {
    expect(await take(toSandbox, TYPES)).toEqual({ batchItemFailures: [] });

    const rows: NotificationRow[] = await store.scan();
    expect(rows.map(({ type, status }) => `${type} ${status}`).sort()).toEqual(
      TYPES.map((type) => `${type} SENT`).sort(),
    );
    expect(deadLetters.send).not.toHaveBeenCalled();
  });

  it('gives back the event whose message was not taken, and no other', async () => {
    const call: CallParty = (request) =>
      (request.body as { type: string }).type === 'order.cancelled' ? Promise.resolve(UNKNOWN) : toSandbox(request);

    const answer = await take(call, ['task.created', 'order.cancelled', 'payment.refunded']);

    const failed = aQueueMessage(EVENTS['order.cancelled']).messageId;
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: failed }] });
    expect(await messages()).toHaveLength(2);
  });
});
