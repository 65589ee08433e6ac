import { randomUUID } from 'node:crypto';
import { DescribeReplayCommand, ListReplaysCommand } from '@aws-sdk/client-eventbridge';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { notificationsAbout, untilNotified } from '../support/notifications';
import { until } from '../support/until';

let system: LocalSystem;

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
});
afterAll(() => system.close());

const replay = (body: unknown) => system.api.call('POST', '/ops/events/replay', { body });
const MINUTE_MS = 60_000;
const instant = (msFromNow: number) => new Date(Date.now() + msFromNow).toISOString();

/** How often a consumer was invoked so far. */
const invocationsOf = (name: string) =>
  system.uses.filter((use) => use.service === 'lambda' && use.functionName === `holdfast-dev-${name}`).length;

describe('a replay', () => {
  it('delivers what was archived once more, and nothing happens twice', async () => {
    await system.api.putStock('MUG-01', 10);
    const { json: order } = await system.api.placeOrder(orderBody({ quantity: 2 }));
    const { json: task } = await system.api.call('POST', '/v1/tasks', { key: randomUUID(), body: { title: 'Again' } });
    await untilNotified(system.api, order.orderId, 1);
    await untilNotified(system.api, task.taskId, 1);
    await until(
      'the sale',
      () => system.api.stockOf('MUG-01'),
      ({ onHand }) => onHand === 8,
    );
    const before = ['notifications-notify-customer', 'inventory-sell-stock'].map(invocationsOf);

    const from = instant(-5 * MINUTE_MS);
    const to = instant(0);
    const answer = await replay({ from, to });

    expect([answer.status, answer.json]).toEqual([202, { replayId: expect.any(String), from, to }]);
    const { events } = awsClients(system.awsUrl);
    await until(
      'end of the replay',
      () => events.send(new DescribeReplayCommand({ ReplayName: answer.json.replayId })),
      ({ State }) => State === 'COMPLETED',
    );
    await until(
      'second deliveries',
      () => ['notifications-notify-customer', 'inventory-sell-stock'].map(invocationsOf),
      (now) => now.every((count, index) => count > (before[index] ?? 0)),
    );
    expect(await notificationsAbout(system.api, order.orderId)).toHaveLength(1);
    expect(await notificationsAbout(system.api, task.taskId)).toHaveLength(1);
    expect(await system.api.stockOf('MUG-01')).toMatchObject({ onHand: 8, reserved: 0, available: 8 });
    expect((await system.audit()).violations).toEqual([]);
  });

  it('can be of some types only', async () => {
    const { json: task } = await system.api.call('POST', '/v1/tasks', { key: randomUUID(), body: { title: 'Some' } });
    await untilNotified(system.api, task.taskId, 1);
    const sales = invocationsOf('inventory-sell-stock');
    const notified = invocationsOf('notifications-notify-customer');

    const range = { from: instant(-5 * MINUTE_MS), to: instant(0) };
    const answer = await replay({ ...range, detailTypes: ['task.created'] });

    expect([answer.status, answer.json.detailTypes]).toEqual([202, ['task.created']]);
    await until(
      'second deliveries',
      () => invocationsOf('notifications-notify-customer'),
      (now) => now > notified,
    );
    expect(invocationsOf('inventory-sell-stock')).toBe(sales);
  });

  it.each([
    ['that ends before it begins', () => ({ from: instant(-MINUTE_MS), to: instant(-2 * MINUTE_MS) }), 'from'],
    ['of the future', () => ({ from: instant(-MINUTE_MS), to: instant(MINUTE_MS * 10) }), 'to'],
    ['of what is kept no more', () => ({ from: instant(-31 * 24 * 60 * MINUTE_MS), to: instant(0) }), 'from'],
    [
      'of an unknown type',
      () => ({ from: instant(-MINUTE_MS), to: instant(0), detailTypes: ['task.eaten'] }),
      'detailTypes[0]',
    ],
    ['without an end', () => ({ from: instant(-MINUTE_MS) }), 'to'],
    ['of something that is no instant', () => ({ from: 'yesterday', to: instant(0) }), 'from'],
  ])('%s is refused', async (_, body, path) => {
    const answer = await replay(body());

    expect([answer.status, answer.json.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.json.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    const { Replays = [] } = await awsClients(system.awsUrl).events.send(new ListReplaysCommand({}));
    expect(Replays.length).toBeLessThanOrEqual(2);
  });
});
