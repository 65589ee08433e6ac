import { TRACE_HEADER } from '../recorded-spans';
import { anEntry, aRoom, aRule, BUS_ARN, DEAD_LETTERS_ARN, NOON, put } from './a-room';

const OTHER = 'Root=1-00000001-000000000000000000000001';
const traced = (TraceHeader: string) => anEntry({}, { TraceHeader });
const headersOf = (deliveries: ReadonlyArray<{ traceHeader?: string }>) =>
  deliveries.map(({ traceHeader }) => traceHeader);

describe('the trace header of an event', () => {
  it('reaches every target as it was put, and is not in the event', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule([{}, {}]));

    await put(room, traced(TRACE_HEADER));
    await clock.advance(0);

    expect(headersOf(delivered)).toEqual([TRACE_HEADER, TRACE_HEADER]);
    expect(delivered[0]?.payload).not.toContain('Root=');
  });

  it('is that of the request where the entry has none', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule());

    await room.handle('PutEvents', { Entries: [anEntry(), traced(TRACE_HEADER)] }, { traceHeader: OTHER });
    await clock.advance(0);

    expect(headersOf(delivered)).toEqual([OTHER, TRACE_HEADER]);
  });

  it('is dropped when X-Ray cannot read it, and the event is delivered', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule());

    await put(room, traced('nonsense'));
    await clock.advance(0);

    expect(headersOf(delivered)).toEqual([undefined]);
  });

  it('has at most 500 characters', async () => {
    const { room } = aRoom();

    expect(await put(room, traced('x'.repeat(501)), traced('x'.repeat(500)))).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'InvalidArgument' }, { EventId: expect.any(String) }],
    });
  });

  it('survives a restart, and goes with a dead letter', async () => {
    const target = () => {
      throw new Error('broken');
    };
    const DeadLetterConfig = { Arn: DEAD_LETTERS_ARN };
    const rule = aRule([{ DeadLetterConfig, RetryPolicy: { MaximumRetryAttempts: 1 } }]);
    const first = aRoom({ target });
    first.room.createRule(rule);
    await put(first.room, traced(TRACE_HEADER));
    await first.room.close();

    const second = aRoom({ ...first, target });
    second.room.createRule(rule);
    await second.room.resume();
    await second.clock.advance(60_000);

    expect(second.deadLetters).toMatchObject([{ traceHeader: TRACE_HEADER }]);
  });

  it('goes on to another bus', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule([{ Arn: BUS_ARN }], { Name: 'on', EventBusName: 'default' }));
    room.createRule(aRule());

    await put(room, { ...traced(TRACE_HEADER), EventBusName: 'default' });
    await clock.advance(0);

    expect(headersOf(delivered)).toEqual([TRACE_HEADER, TRACE_HEADER]);
  });

  it('is not in the archive: a replay has none', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule());
    room.createArchive({ ArchiveName: 'all', SourceArn: BUS_ARN });
    await put(room, traced(TRACE_HEADER));
    await room.handle('StartReplay', {
      ReplayName: 'again',
      EventSourceArn: 'arn:aws:events:eu-west-1:123456789012:archive/all',
      EventStartTime: NOON / 1000 - 60,
      EventEndTime: NOON / 1000 + 60,
      Destination: { Arn: BUS_ARN },
    });
    await clock.advance(1_000);

    expect(headersOf(delivered)).toEqual([TRACE_HEADER, undefined]);
  });
});
