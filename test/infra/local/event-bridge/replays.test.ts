import { memoryStore } from '../../../support/memory-store';
import { anEntry, aRoom, aRule, BUS_ARN, NOON, put, type Surroundings } from './a-room';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ARCHIVE_ARN = 'arn:aws:events:eu-west-1:123456789012:archive/all';
const RULE_ARN = 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders';

/** A room with an archive of the bus `shop`, and a rule for it. */
function anArchivingRoom(earlier: Surroundings = {}, archive: object = {}) {
  const parts = aRoom(earlier);
  parts.room.createRule(aRule());
  parts.room.createArchive({ ArchiveName: 'all', SourceArn: BUS_ARN, ...archive });
  return parts;
}

type Room = ReturnType<typeof anArchivingRoom>['room'];

function replay(room: Room, overrides: object = {}) {
  return room.handle('StartReplay', {
    ReplayName: 'again',
    EventSourceArn: ARCHIVE_ARN,
    EventStartTime: NOON / 1000 - 60,
    EventEndTime: NOON / 1000 + 3600,
    Destination: { Arn: BUS_ARN },
    ...overrides,
  });
}

const describeArchive = (room: Room) => room.handle('DescribeArchive', { ArchiveName: 'all' });
const describeReplay = (room: Room) => room.handle('DescribeReplay', { ReplayName: 'again' });
const at = (minutes: number) => ({ Time: (NOON + minutes * MINUTE_MS) / 1000 });

describe('an archive', () => {
  it('keeps the events of its bus, also over a restart', async () => {
    const first = anArchivingRoom();
    await put(first.room, anEntry(), anEntry({}, { EventBusName: 'default' }), anEntry({}, { Source: 'others' }));

    const second = anArchivingRoom(first, { RetentionDays: 7, Description: 'everything' });

    expect(await describeArchive(second.room)).toEqual({
      ArchiveArn: ARCHIVE_ARN,
      ArchiveName: 'all',
      Description: 'everything',
      EventSourceArn: BUS_ARN,
      State: 'ENABLED',
      RetentionDays: 7,
      EventCount: 2,
      SizeBytes: expect.any(Number),
      CreationTime: NOON / 1000,
    });
  });

  it('keeps only what its pattern matches', async () => {
    const { room } = anArchivingRoom({}, { EventPattern: '{"detail":{"kept":[true]}}' });
    await put(room, anEntry({ kept: true }), anEntry({ kept: false }));

    expect(await describeArchive(room)).toMatchObject({
      EventCount: 1,
      EventPattern: '{"detail":{"kept":[true]}}',
    });
  });

  it('forgets events after its days, and deletes them', async () => {
    const { room, clock, store } = anArchivingRoom({}, { RetentionDays: 1 });
    await room.resume();
    await put(room, anEntry());

    await clock.advance(DAY_MS - 1);
    expect(await describeArchive(room)).toMatchObject({ EventCount: 1 });
    await clock.advance(1);
    expect(await describeArchive(room)).toMatchObject({ EventCount: 0, SizeBytes: 0 });
    await clock.advance(2 * 3_600_000);

    expect(await store.list('archive/')).toEqual([]);
    await room.close();
  });

  it('does not show what is expired, deleted or not', async () => {
    const { room, clock } = anArchivingRoom({}, { RetentionDays: 1 });
    await put(room, anEntry());

    await clock.advance(DAY_MS);

    expect(await describeArchive(room)).toMatchObject({ EventCount: 0 });
  });

  it('keeps events for ever unless told', async () => {
    const { room, clock } = anArchivingRoom();
    await put(room, anEntry());

    await clock.advance(1000 * DAY_MS);

    expect(await describeArchive(room)).toMatchObject({ EventCount: 1, RetentionDays: 0 });
  });
});

describe('a replay', () => {
  it('sends the events of its time again, in the order of their times, marked with its name', async () => {
    const { room, clock, delivered, payloads } = anArchivingRoom();
    const times = [-2, 10, 5, -1, 60];
    for (const minutes of times) await put(room, anEntry({ minutes }, at(minutes)));
    await clock.advance(0);
    const originals = payloads();
    delivered.length = 0;

    const started = await replay(room);
    await clock.advance(0);

    expect(started).toEqual({
      ReplayArn: 'arn:aws:events:eu-west-1:123456789012:replay/again',
      State: 'STARTING',
      ReplayStartTime: NOON / 1000,
    });
    expect(payloads().map(({ detail }) => (detail as { minutes: number }).minutes)).toEqual([-1, 5, 10]);
    expect(payloads()[0]).toEqual({ ...originals[3], 'replay-name': 'again' });
    expect(await describeReplay(room)).toEqual({
      ReplayName: 'again',
      ReplayArn: 'arn:aws:events:eu-west-1:123456789012:replay/again',
      EventSourceArn: ARCHIVE_ARN,
      Destination: { Arn: BUS_ARN },
      State: 'COMPLETED',
      EventStartTime: NOON / 1000 - 60,
      EventEndTime: NOON / 1000 + 3600,
      ReplayStartTime: NOON / 1000,
      ReplayEndTime: NOON / 1000,
      EventLastReplayedTime: NOON / 1000 + 600,
    });
  });

  it('archives nothing a second time', async () => {
    const { room, clock, store } = anArchivingRoom();
    await put(room, anEntry());

    await replay(room);
    await clock.advance(0);

    expect(await describeArchive(room)).toMatchObject({ EventCount: 1 });
    expect(JSON.stringify(await store.list('archive/'))).not.toContain('replay-name');
  });

  it('writes its position together with the deliveries', async () => {
    const writes: string[][] = [];
    const store = memoryStore();
    const { room, clock } = anArchivingRoom({
      store: {
        ...store,
        write: (changes) => {
          writes.push(changes.map(({ key }) => key.split('/')[0] ?? ''));
          return store.write(changes);
        },
      },
    });
    await put(room, anEntry(), anEntry());
    await clock.advance(0);
    writes.length = 0;

    await replay(room);
    await clock.advance(0);

    expect(writes).toContainEqual(['pending', 'pending', 'replay']);
  });

  it('goes to the rules that are named only', async () => {
    const { room, clock, delivered } = anArchivingRoom();
    room.createRule(aRule([{}], { Name: 'too' }));
    await put(room, anEntry());
    await clock.advance(0);
    delivered.length = 0;

    await replay(room, { Destination: { Arn: BUS_ARN, FilterArns: [RULE_ARN] } });
    await clock.advance(0);

    expect(delivered.map(({ source }) => source.arn)).toEqual([RULE_ARN]);
  });

  it('goes on after a restart, with nothing left out and nothing sent twice', async () => {
    const first = anArchivingRoom();
    for (let batch = 0; batch < 25; batch += 1) {
      await put(first.room, ...Array.from({ length: 10 }, (_, index) => anEntry({ number: batch * 10 + index })));
    }
    await first.clock.advance(0);
    first.delivered.length = 0;
    await replay(first.room);
    await first.room.close();
    const before = await describeReplay(anArchivingRoom(first).room);

    const second = anArchivingRoom(first);
    await second.room.resume();
    await second.clock.advance(0);

    const numbers = second.payloads().map(({ detail }) => (detail as { number: number }).number);
    expect(before.State).toBe('STARTING');
    expect(new Set(numbers).size).toBe(250);
    expect(numbers).toHaveLength(250);
    expect(await describeReplay(second.room)).toMatchObject({ State: 'COMPLETED' });
    await second.room.close();
  });

  it('goes on from the last written batch', async () => {
    const first = anArchivingRoom();
    for (let batch = 0; batch < 15; batch += 1) await put(first.room, ...Array.from({ length: 10 }, () => anEntry()));
    const archived = await first.store.list<{ event: { id: string } }>('archive/');
    await replay(first.room);
    await first.room.close();
    const key = archived[99]?.key ?? '';
    const record = await first.store.get<{ replay: object }>('replay/again');
    await first.store.write([
      { key: 'replay/again', value: { replay: { ...record?.replay, State: 'RUNNING' }, lastKey: key } },
      ...(await first.store.list('pending/')).map((pending) => ({ key: pending.key })),
    ]);

    const second = anArchivingRoom(first);
    await second.room.resume();
    await second.clock.advance(0);

    expect(second.payloads().map(({ id }) => id)).toEqual(archived.slice(100).map(({ value }) => value.event.id));
    await second.room.close();
  });

  it('ends when it is cancelled', async () => {
    const { room, clock, delivered } = anArchivingRoom();
    await put(room, anEntry());
    await clock.advance(0);
    delivered.length = 0;

    await replay(room);
    const answer = await room.handle('CancelReplay', { ReplayName: 'again' });
    await clock.advance(0);

    expect(answer).toMatchObject({ State: 'CANCELLING' });
    expect(delivered).toEqual([]);
    expect(await describeReplay(room)).toMatchObject({ State: 'CANCELLED', ReplayEndTime: NOON / 1000 });
    await expect(room.handle('CancelReplay', { ReplayName: 'again' })).rejects.toMatchObject({
      code: 'IllegalStatusException',
    });
  });

  it.each([
    [
      { EventSourceArn: 'arn:x:archive/none' },
      'ValidationException',
      'Parameter EventSourceArn is not valid. Reason: Archive none does not exist.',
    ],
    [{ Destination: { Arn: `${BUS_ARN}s` } }, 'ResourceNotFoundException', 'Event bus shops does not exist.'],
    [
      { Destination: { Arn: BUS_ARN.replace('shop', 'default') } },
      'ValidationException',
      'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    ],
    [
      { Destination: { Arn: BUS_ARN, FilterArns: ['arn:none'] } },
      'ValidationException',
      'arn:none is not a rule of event bus shop',
    ],
    [
      { EventEndTime: NOON / 1000 - 60 },
      'ValidationException',
      'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    ],
    [{ EventStartTime: undefined }, 'ValidationException', 'EventStartTime must be before EventEndTime.'],
  ])('is refused with %j', async (wrong, code, message) => {
    const { room } = anArchivingRoom();

    await expect(replay(room, wrong)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('is refused when its name is taken', async () => {
    const { room } = anArchivingRoom();
    await replay(room);

    await expect(replay(room)).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });
});
