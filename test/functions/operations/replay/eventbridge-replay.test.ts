import '../environment';
import { openReplays } from '../../../../functions/operations/replay/eventbridge-replay';
import { AwsError } from '../../../../infra/local/aws-error';
import { NOON } from '../../../infra/local/event-bridge/a-room';
import { openArchivedEvents } from './archived-events';

const NAME = 'holdfast-test-1';
const HOUR = { name: NAME, startsAt: NOON, endsAt: NOON + 3_600_000 };

describe('a replay of the archive', () => {
  let events: Awaited<ReturnType<typeof openArchivedEvents>>;
  beforeEach(async () => {
    events = await openArchivedEvents();
  });
  afterEach(() => events.endpoint.close());

  it('goes to every rule of the bus unless told', async () => {
    await events.happen('order.confirmed', 'o', 1_000);
    await events.happen('task.created', 't', 2_000);

    await openReplays()(HOUR);

    expect(await events.replayed()).toEqual(['inventory: o', 'notifications: o', 'notifications: t']);
  });

  it('goes to those rules only that it names', async () => {
    await events.happen('order.confirmed', 'o', 1_000);
    await events.happen('task.created', 't', 2_000);

    await openReplays()({ ...HOUR, ruleNames: ['holdfast-test-notifications-order-confirmed'] });

    expect(await events.replayed()).toEqual(['notifications: o']);
  });

  it('has the events from its start up to its end', async () => {
    for (const seconds of [-1, 0, 1, 59, 60]) await events.happen('task.created', `${seconds}`, seconds * 1_000);

    await openReplays()({ ...HOUR, endsAt: NOON + 60_000 });

    expect(await events.replayed()).toEqual(['notifications: 0', 'notifications: 1', 'notifications: 59']);
  });

  it('has an event of the second in which it starts, whose time on the bus has no fraction', async () => {
    await events.happen('task.created', 't', 800);

    await openReplays()({ ...HOUR, startsAt: NOON + 500 });

    expect(await events.replayed()).toEqual(['notifications: t']);
  });

  it('is started once when a reply is lost and the client tries again', async () => {
    await events.happen('task.created', 't', 1_000);
    events.endpoint.fail('StartReplay', 'reply lost');
    const replaying = openReplays()(HOUR);

    await expect(replaying).resolves.toBeUndefined();
    expect(await events.replayed()).toEqual(['notifications: t']);
    expect(await events.replays()).toMatchObject([{ ReplayName: NAME }]);
  });

  it('is refused while the account has as many as there can be, and says when to try again', async () => {
    events.endpoint.fail('StartReplay', new AwsError('LimitExceededException', 'too many'));

    await expect(openReplays()(HOUR)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      status: 429,
      retryAfterSeconds: 60,
    });
  });

  it.each([
    ['EventBridge fails again and again', 'refused', HOUR],
    ['there is no such rule', undefined, { ...HOUR, ruleNames: ['holdfast-test-nobody'] }],
  ] as const)('is an error when %s', async (_, fate, replay) => {
    if (fate) events.endpoint.fail('StartReplay', fate);

    await expect(openReplays()(replay)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
    expect(await events.replays()).toEqual([]);
  });
});
