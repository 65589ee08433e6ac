import { AwsError } from '../../../../infra/local/aws-error';
import type { Delivery } from '../../../../infra/local/delivery';
import { openScheduler, type ScheduleDefinition } from '../../../../infra/local/scheduler/scheduler';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:sweep';
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:work';
const ROLE_ARN = 'arn:aws:iam::123456789012:role/scheduler';
const SCHEDULE_ARN = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/sweep';

interface Surroundings {
  readonly clock?: ManualClock;
  readonly store?: KeyValueStore;
  readonly random?: () => number;
  readonly target?: (attempt: number) => void;
}

function aSchedule(overrides: Partial<ScheduleDefinition> = {}, target: object = {}): ScheduleDefinition {
  return {
    Name: 'sweep',
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: FUNCTION_ARN, RoleArn: ROLE_ARN, Input: '{"at":"<aws.scheduler.scheduled-time>"}', ...target },
    ...overrides,
  };
}

/** A started room; `times` are the scheduled times and `ran` when they ran, in minutes after noon. */
async function aRoom(definitions: ScheduleDefinition[] = [aSchedule()], earlier: Surroundings = {}) {
  const clock = earlier.clock ?? manualClock(NOON);
  const store = earlier.store ?? memoryStore();
  const delivered: Delivery[] = [];
  const times: number[] = [];
  const ran: number[] = [];
  const deadLetters: Array<Record<string, unknown>> = [];
  let attempts = 0;
  const room = openScheduler({
    store,
    clock,
    region: 'eu-west-1',
    accountId: '123456789012',
    random: earlier.random ?? (() => 0),
    deliver: async (delivery) => {
      attempts += 1;
      earlier.target?.(attempts);
      delivered.push(delivery);
      const { at } = JSON.parse(delivery.payload) as { at?: string };
      if (at !== undefined) times.push((Date.parse(at) - NOON) / MINUTE_MS);
      ran.push((clock.now() - NOON) / MINUTE_MS);
    },
    sendToDeadLetterQueue: async (queueArn, body, attributes, source) => {
      deadLetters.push({ queueArn, body, attributes, source });
    },
    onError: (error) => {
      throw error;
    },
  });
  for (const definition of definitions) room.createSchedule(definition);
  await room.resume();
  return { room, clock, store, delivered, times, ran, deadLetters };
}

describe('a schedule', () => {
  it('runs a rate at once and from then on', async () => {
    const { clock, times, ran, delivered } = await aRoom();

    await clock.advance(15 * MINUTE_MS - 1);

    expect(times).toEqual([0, 5, 10]);
    expect(ran).toEqual(times);
    expect(delivered[0]).toEqual({
      targetArn: FUNCTION_ARN,
      payload: '{"at":"2031-05-06T12:00:00Z"}',
      source: { service: 'scheduler', arn: SCHEDULE_ARN, roleArn: ROLE_ARN },
    });
  });

  it('runs a cron expression at its times', async () => {
    const ScheduleExpression = 'cron(0/20 14 * * ? *)';
    const { clock, times } = await aRoom([
      aSchedule({ ScheduleExpression, ScheduleExpressionTimezone: 'Europe/Berlin' }),
    ]);

    await clock.advance(24 * HOUR_MS);

    expect(times).toEqual([0, 20, 40, 1440]);
  });

  it('runs a single time once, also over a restart', async () => {
    const definition = aSchedule({ ScheduleExpression: 'at(2031-05-06T12:30:00)' });
    const first = await aRoom([definition]);
    await first.clock.advance(HOUR_MS);
    await first.room.close();
    const second = await aRoom([definition], first);
    await second.clock.advance(HOUR_MS);

    expect(first.ran).toEqual([30]);
    expect(second.ran).toEqual([]);
  });

  it('runs a single time whatever its dates are', async () => {
    const dates = { StartDate: '2031-05-07T12:00:00Z', EndDate: '2031-05-06T11:00:00Z' };
    const { clock, ran } = await aRoom([aSchedule({ ...dates, ScheduleExpression: 'at(2031-05-06T12:30:00)' })]);

    await clock.advance(HOUR_MS);

    expect(ran).toEqual([30]);
  });

  it('does not run a single time that is over when it is made', async () => {
    const { clock, ran } = await aRoom([aSchedule({ ScheduleExpression: 'at(2031-05-06T11:59:59)' })]);

    await clock.advance(HOUR_MS);

    expect(ran).toEqual([]);
  });

  it('runs between its dates only', async () => {
    const dates = { StartDate: '2031-05-06T12:02:00Z', EndDate: '2031-05-06T12:12:00Z' };
    const { clock, times } = await aRoom([aSchedule(dates)]);

    await clock.advance(HOUR_MS);

    expect(times).toEqual([2, 7, 12]);
  });

  it('runs within its flexible time window, and leaves no time out', async () => {
    const randoms = [0.5, 0.9, 0, 0.5];
    const { clock, times, ran } = await aRoom(
      [aSchedule({ FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '10' } })],
      { random: () => randoms.shift() ?? 0 },
    );

    await clock.advance(20 * MINUTE_MS);

    expect(times).toEqual([0, 5, 10, 15, 20]);
    expect(ran).toEqual([5, 14, 14, 20, 20]);
  });

  it('does not run while it is disabled, and makes nothing up for it', async () => {
    const first = await aRoom();
    await first.clock.advance(MINUTE_MS);
    await first.room.close();
    const disabled = await aRoom([aSchedule({ State: 'DISABLED' })], first);
    await disabled.clock.advance(30 * MINUTE_MS);
    await disabled.room.close();
    const enabled = await aRoom([aSchedule()], first);
    await enabled.clock.advance(5 * MINUTE_MS);

    expect(disabled.ran).toEqual([]);
    expect(enabled.times).toEqual([31, 36]);
  });

  it('keeps its times over a restart', async () => {
    const first = await aRoom();
    await first.clock.advance(7 * MINUTE_MS);
    await first.room.close();
    const second = await aRoom([aSchedule()], first);
    await second.clock.advance(5 * MINUTE_MS);

    expect(first.times).toEqual([0, 5]);
    expect(second.times).toEqual([10]);
  });

  it('makes up once for what it missed while nothing ran', async () => {
    const first = await aRoom();
    await first.clock.advance(MINUTE_MS);
    await first.room.close();
    await first.clock.advance(62 * MINUTE_MS);
    const second = await aRoom([aSchedule()], first);
    await second.clock.advance(5 * MINUTE_MS);

    expect(second.times).toEqual([5, 65]);
    expect(second.ran).toEqual([63, 65]);
  });

  it('makes up once when the clock is put forward', async () => {
    const steady = manualClock(NOON);
    let shiftMs = 0;
    const clock: ManualClock = { ...steady, now: () => steady.now() + shiftMs };
    const { times } = await aRoom([aSchedule()], { clock });
    await clock.advance(MINUTE_MS);

    shiftMs = HOUR_MS;
    await clock.advance(10_000);

    expect(times).toEqual([0, 5]);
  });

  it('starts anew when its expression is changed', async () => {
    const first = await aRoom();
    await first.clock.advance(2 * MINUTE_MS);
    await first.room.close();
    const second = await aRoom([aSchedule({ ScheduleExpression: 'rate(1 hour)' })], first);
    await second.clock.advance(HOUR_MS);

    expect(second.times).toEqual([2, 62]);
  });
});

describe('what a schedule sends', () => {
  it('has the context of the run filled in, and the attempt', async () => {
    const Input =
      '{"arn":"<aws.scheduler.schedule-arn>","id":"<aws.scheduler.execution-id>","n":<aws.scheduler.attempt-number>}';
    const { clock, delivered } = await aRoom([aSchedule({}, { Input })], {
      target: (attempt) => {
        if (attempt === 1) throw new AwsError('ServiceException', 'broken', 500);
      },
    });

    await clock.advance(MINUTE_MS);

    expect(delivered.map(({ payload }) => JSON.parse(payload))).toEqual([
      { arn: SCHEDULE_ARN, id: expect.stringMatching(/^[0-9a-f]{16}$/), n: 2 },
    ]);
  });

  it('is a notification when no input is given', async () => {
    const { clock, delivered } = await aRoom([aSchedule({}, { Input: undefined })]);

    await clock.advance(0);

    expect(JSON.parse(delivered[0]?.payload ?? '')).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '123456789012',
      time: '2031-05-06T12:00:00Z',
      region: 'eu-west-1',
      resources: [SCHEDULE_ARN],
      detail: '{}',
    });
  });

  it('becomes a dead letter when it is given up', async () => {
    const policy = { RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig: { Arn: QUEUE_ARN } };
    const { clock, deadLetters } = await aRoom([aSchedule({}, policy)], {
      target: () => {
        throw new AwsError('ServiceException', 'broken', 500);
      },
    });

    await clock.advance(MINUTE_MS);

    expect(deadLetters).toEqual([
      {
        queueArn: QUEUE_ARN,
        body: '{"at":"2031-05-06T12:00:00Z"}',
        attributes: {
          SCHEDULE_ARN,
          TARGET_ARN: FUNCTION_ARN,
          SCHEDULED_TIME: '2031-05-06T12:00:00Z',
          EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
          IS_PAYLOAD_TRUNCATED: 'false',
          ERROR_CODE: 'ServiceException',
          ERROR_MESSAGE: 'broken',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '1',
        },
        source: { service: 'scheduler', arn: SCHEDULE_ARN, roleArn: ROLE_ARN },
      },
    ]);
  });

  it('outlives a restart before it is delivered', async () => {
    const first = await aRoom([aSchedule()], {
      target: () => {
        throw new Error('away');
      },
    });
    await first.clock.advance(0);
    await first.room.close();
    const second = await aRoom([aSchedule()], { clock: first.clock, store: first.store });
    await second.clock.advance(1000);

    expect(second.times).toEqual([0]);
  });
});

describe('the API of the scheduler', () => {
  const get = async (path: string, query = '', method = 'GET') => {
    const { room } = await aRoom([
      aSchedule({ StartDate: '2031-05-06T12:00:00Z', Description: 'sweeps' }),
      aSchedule({ Name: 'other', State: 'DISABLED' }),
    ]);
    const { status, body } = room.handleHttp(method, path, new URLSearchParams(query));
    return { status, body: JSON.parse(body) as Record<string, unknown> };
  };
  const names = ({ body }: { body: Record<string, unknown> }) =>
    (body.Schedules as Array<{ Name: string }>).map(({ Name }) => Name);

  it('shows a schedule', async () => {
    expect(await get('/schedules/sweep', 'groupName=default')).toEqual({
      status: 200,
      body: {
        ...aSchedule(),
        Arn: SCHEDULE_ARN,
        Description: 'sweeps',
        GroupName: 'default',
        State: 'ENABLED',
        ScheduleExpressionTimezone: 'UTC',
        StartDate: NOON / 1000,
        CreationDate: NOON / 1000,
        LastModificationDate: NOON / 1000,
      },
    });
  });

  it('lists schedules, by name and state', async () => {
    const all = await get('/schedules');

    expect(all.body.Schedules).toHaveLength(2);
    expect((all.body.Schedules as unknown[])[1]).toEqual({
      Name: 'other',
      Arn: SCHEDULE_ARN.replace('sweep', 'other'),
      GroupName: 'default',
      State: 'DISABLED',
      CreationDate: NOON / 1000,
      LastModificationDate: NOON / 1000,
      Target: { Arn: FUNCTION_ARN },
    });
    expect(names(await get('/schedules', 'NamePrefix=sw'))).toEqual(['sweep']);
    expect(names(await get('/schedules', 'State=DISABLED'))).toEqual(['other']);
  });

  it.each([
    ['/schedules/none', '', 'GET', 'ResourceNotFoundException', 'Schedule none does not exist.'],
    ['/schedules/x', '', 'POST', 'UnknownOperationException', 'it has GET /schedules and GET /schedules/{name}'],
    ['/schedule-groups', '', 'GET', 'UnknownOperationException', 'has no GET /schedule-groups'],
    ['/schedules', 'Foo=1', 'GET', 'UnknownOperationException', 'has no GET /schedules with Foo'],
  ])('refuses %s?%s by %s', async (path, query, method, code, message) => {
    await expect(get(path, query, method)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('a schedule that is not valid', () => {
  it.each([
    [
      aSchedule({}, { Arn: 'arn:aws:events:eu-west-1:1:event-bus/x' }),
      'must be a function, a queue or a state machine',
    ],
    [aSchedule({}, { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }), 'must be a function, a queue or a state'],
    [aSchedule({ ScheduleExpression: 'hourly' }), 'Invalid Schedule Expression hourly'],
  ])('is refused: %j', async (definition, message) => {
    await expect(aRoom([definition])).rejects.toThrow(message);
  });

  it('is refused when its name is taken', async () => {
    await expect(aRoom([aSchedule(), aSchedule()])).rejects.toThrow('Schedule sweep exists already');
  });
});
