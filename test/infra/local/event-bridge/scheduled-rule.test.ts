import type { RuleDefinition } from '../../../../infra/local/event-bridge/event-bridge';
import { aRoom, FUNCTION_ARN, NOON, type Surroundings } from './a-room';

const MINUTE_MS = 60_000;
const RULE_ARN = 'arn:aws:events:eu-west-1:123456789012:rule/sweep';
const sweep: RuleDefinition = {
  Name: 'sweep',
  ScheduleExpression: 'rate(5 minutes)',
  Targets: [{ Id: 't', Arn: FUNCTION_ARN }],
};

/** A started room with the rule; `times` are the times of its events in minutes after noon. */
async function started(changes: Partial<RuleDefinition> = {}, earlier: Surroundings = {}) {
  const all = aRoom(earlier);
  all.room.createRule({ ...sweep, ...changes });
  await all.room.resume();
  const times = () => all.payloads().map(({ time }) => (Date.parse(time as string) - NOON) / MINUTE_MS);
  return { ...all, times };
}

describe('a rule with a schedule', () => {
  it('makes an event for its targets, for the first time one period after it was made', async () => {
    const { clock, times, delivered, payloads } = await started();

    await clock.advance(16 * MINUTE_MS);

    expect(times()).toEqual([5, 10, 15]);
    expect(delivered[0]).toMatchObject({ targetArn: FUNCTION_ARN, source: { service: 'events', arn: RULE_ARN } });
    expect(payloads()[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: '2031-05-06T12:05:00Z',
      region: 'eu-west-1',
      resources: [RULE_ARN],
      detail: {},
    });
  });

  it.each([
    ['rate(1 minute)', [1, 2, 3]],
    ['rate(2 minutes)', [2]],
    ['rate(1 hour)', []],
  ])('runs at %s', async (ScheduleExpression, expected) => {
    const { clock, times } = await started({ ScheduleExpression });

    await clock.advance(3 * MINUTE_MS);

    expect(times()).toEqual(expected);
  });

  it('goes on at its times after a restart', async () => {
    const first = await started();
    await first.clock.advance(6 * MINUTE_MS);
    await first.room.close();
    const second = await started({}, first);
    await second.clock.advance(5 * MINUTE_MS);

    expect([first.times(), second.times()]).toEqual([[5], [10]]);
  });

  it('makes up once for what was due while nothing ran', async () => {
    const first = await started();
    await first.room.close();
    await first.clock.advance(17 * MINUTE_MS);
    const second = await started({}, first);
    await second.clock.advance(MINUTE_MS);

    expect([first.times(), second.times()]).toEqual([[], [5]]);
  });

  it('does nothing while it is disabled', async () => {
    const { clock, times } = await started({ State: 'DISABLED' });

    await clock.advance(60 * MINUTE_MS);

    expect(times()).toEqual([]);
  });

  it('tries no second time when its target takes no retries, and goes on', async () => {
    const failOnce = (_: unknown, attempt: number) => {
      if (attempt === 1) throw new Error('busy');
    };
    const Targets = [{ Id: 't', Arn: FUNCTION_ARN, RetryPolicy: { MaximumRetryAttempts: 0 } }];
    const { clock, times } = await started({ Targets }, { target: failOnce });

    await clock.advance(11 * MINUTE_MS);

    expect(times()).toEqual([10]);
  });

  it('hears nothing from the bus, unless it has a pattern too', async () => {
    const { room, clock, payloads } = await started();
    const event = { Source: 'shop', DetailType: 'd', Detail: '{}' };
    await room.handle('PutEvents', { Entries: [event] });
    await clock.advance(0);
    expect(payloads()).toEqual([]);

    const both = await started({ EventPattern: '{"source":["shop"]}' });
    await both.room.handle('PutEvents', { Entries: [event] });
    await both.clock.advance(5 * MINUTE_MS);
    expect(both.payloads().map(({ source }) => source)).toEqual(['shop', 'aws.events']);
  });

  it('is listed with its schedule', async () => {
    const { room } = await started();

    expect(await room.handle('ListRules', {})).toMatchObject({
      Rules: [{ Name: 'sweep', ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' }],
    });
  });

  it.each(['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'cron(0 12 * * ? *)', 'often'])(
    'is refused at %s',
    (ScheduleExpression) => {
      const { room } = aRoom();

      expect(() => room.createRule({ ...sweep, ScheduleExpression })).toThrow(
        expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining(ScheduleExpression) }),
      );
    },
  );

  it('is refused on another bus than the default one', () => {
    const { room } = aRoom();

    expect(() => room.createRule({ ...sweep, EventBusName: 'shop' })).toThrow(
      'ScheduleExpression is supported only on the default event bus.',
    );
  });
});
