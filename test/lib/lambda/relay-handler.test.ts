import '../../support/environment';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, Context, DynamoDBRecord } from 'aws-lambda';
import type { BusEvent } from '../../../lib/events/event-envelope';
import { emit, type OutboxEntry, outboxOf } from '../../../lib/events/outbox';
import { relayHandler } from '../../../lib/lambda/relay-handler';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';
import { AT, lampLit, lampSold, lamps } from '../events/made-up-events';
import { aMessage } from './a-message';

const EMISSION = { correlationId: 'l-1', causationId: 'request/1', now: Date.parse(AT) };
const lit = (lampId: string) => emit(lampLit, { lampId, watts: 7 }, EMISSION);
const image = (item: object) => marshall(item) as unknown as Record<string, AttributeValue>;

/** The record of a lamp's first write, by which it emitted. */
const aRecord = (SequenceNumber: string, lampId: string, ...entries: OutboxEntry[]): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber,
    Keys: image({ lampId }),
    NewImage: image({ lampId, ...(entries.length > 0 && outboxOf(entries)) }),
  },
});

/** A relay whose bus fails on some lamps, in an invocation with time for one try. */
function aRelay({ failing = [], hasQueue = true }: { failing?: string[]; hasQueue?: boolean } = {}) {
  const published: string[] = [];
  const letters: Array<{ outbox: unknown }> = [];
  const back: boolean[] = [];
  const idOf = ({ detail }: BusEvent) => JSON.parse(detail).metadata.id as string;
  const outside = {
    bus: {
      put: async (events: readonly BusEvent[]) =>
        events.map((event) => {
          if (failing.some((lampId) => idOf(event).includes(lampId)))
            return { kind: 'failed', code: 'InternalFailure' } as const;
          published.push(idOf(event));
          return { kind: 'published' } as const;
        }),
    },
    deadLetters: {
      send: async (body: string, _reason: string, isBack = false) => {
        if (!hasQueue) throw new Error('no queue');
        letters.push(JSON.parse(body));
        back.push(isBack);
      },
    },
    random: () => 1,
    sleep: async () => undefined,
  } satisfies Parameters<typeof relayHandler>[2];
  const handler = relayHandler(lamps, 'relay-events', outside, { now: () => Date.parse(AT) });
  const context = { getRemainingTimeInMillis: () => 1_000 } as Context;
  const run = (Records: Parameters<typeof handler>[0]['Records']) => handler({ Records } as never, context);
  return { run, published, letters, back };
}

describe('the relay of a service', () => {
  let logs: Record<'info' | 'warn' | 'error', jest.SpyInstance>;
  beforeEach(() => {
    const silent = (level: 'info' | 'warn' | 'error') => jest.spyOn(console, level).mockImplementation(() => undefined);
    logs = { info: silent('info'), warn: silent('warn'), error: silent('error') };
  });
  afterEach(() => jest.restoreAllMocks());

  it('publishes what the records emitted, and counts it', async () => {
    const { run, published } = aRelay();

    const answer = await run([aRecord('1', 'l-1', lit('l-1')), aRecord('2', 'l-2'), aRecord('3', 'l-3', lit('l-3'))]);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(published).toEqual(['lamps/l-1/1', 'lamps/l-3/1']);
    expect(JSON.parse(logs.info.mock.calls[0]?.[0])).toMatchObject({
      message: 'events relayed',
      counts: { published: 2, failed: 0, deadLettered: 0, unfinished: 0 },
    });
  });

  it('asks for the first record again on whose events are not all published, and for what follows', async () => {
    const { run, published } = aRelay({ failing: ['l-2', 'l-3'] });

    const records = ['l-1', 'l-2', 'l-3', 'l-4'].map((id, index) => aRecord(`${index + 10}`, id, lit(id)));

    expect(await run(records)).toEqual({ batchItemFailures: [{ itemIdentifier: '11' }] });
    expect(published).toEqual(['lamps/l-1/1', 'lamps/l-4/1']);
  });

  it('asks for the whole batch when that record has no number', async () => {
    const { run } = aRelay({ failing: ['l-1'] });
    const { dynamodb } = aRecord('1', 'l-1', lit('l-1'));
    const { SequenceNumber: _, ...numberless } = dynamodb ?? {};

    expect(await run([{ dynamodb: numberless }])).toEqual({ batchItemFailures: [{ itemIdentifier: '' }] });
  });

  it.each([
    ['type', { type: 'lamp.eaten' }],
    ['version', { version: 9 }],
  ])('waits for the code that knows a new %s, and puts it aside when that does not come', async (_, change) => {
    const { run, published, letters } = aRelay();
    const later = { ...lit('l-2'), ...change };
    const written = (minutesAgo: number) => {
      const { dynamodb } = aRecord('2', 'l-2', later);
      const ApproximateCreationDateTime = Date.parse(AT) / 1000 - 60 * minutesAgo;
      return { dynamodb: { ...dynamodb, ApproximateCreationDateTime } };
    };

    const early = await run([aRecord('1', 'l-1', lit('l-1')), written(14), aRecord('3', 'l-3', lit('l-3'))]);
    const late = await run([written(15), aRecord('3', 'l-3', lit('l-3'))]);

    expect(early).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(late).toEqual({ batchItemFailures: [] });
    expect(published).toEqual(['lamps/l-1/1', 'lamps/l-3/1']);
    expect(letters).toHaveLength(1);
  });

  it('puts a letter back that is still poison, to be had after a while', async () => {
    const { run, letters, back } = aRelay();
    await run([aRecord('1', 'l-1', { ...lit('l-1'), data: {} })]);

    await run([aMessage('m-1', letters[0])]);

    expect(back).toEqual([false, true]);
  });

  it('puts poison among its dead letters and is not held up by it', async () => {
    const { run, published, letters } = aRelay();
    const broken = { ...lit('l-1'), data: { lampId: 'l-1' } };

    const answer = await run([aRecord('1', 'l-1', broken), aRecord('2', 'l-2', lit('l-2'))]);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(published).toEqual(['lamps/l-2/1']);
    expect(letters).toEqual([
      {
        outbox: {
          source: 'lamps',
          aggregateId: 'l-1',
          entry: { ...broken, sequence: 1 },
          reason: 'EventInvalidError: lamp.lit version 1 is not valid: watts is required',
        },
      },
    ]);
  });

  it('keeps poison in the stream when it has nowhere to put it', async () => {
    const { run } = aRelay({ hasQueue: false });

    const answer = await run([aRecord('1', 'l-1', { ...lit('l-1'), type: 'lamp.eaten' })]);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  });

  it('writes no line for a batch without events', async () => {
    await aRelay().run([aRecord('1', 'l-1')]);

    expect(logs.info).not.toHaveBeenCalled();
  });

  it('cannot be made for a service without a table', () => {
    const { table: _, ...contract } = lamps;

    expect(() => relayHandler(contract, 'relay-events', {} as never)).toThrow('table');
  });
});

describe('a letter, sent again to the relay', () => {
  beforeEach(() => {
    for (const level of ['info', 'warn', 'error'] as const)
      jest.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  const letterOf = (entry: object) => ({
    outbox: { source: 'lamps', aggregateId: 'l-1', entry: { ...entry, sequence: 4 }, reason: 'it was broken' },
  });

  it('is published in all versions, under the id that it always had', async () => {
    const { run, published } = aRelay();
    const sold = emit(lampSold, { lampId: 'l-1', weight: { kilograms: 2 } }, EMISSION);

    expect(await run([aMessage('m-1', letterOf(sold))])).toEqual({ batchItemFailures: [] });
    expect(published).toEqual(['lamps/l-1/4', 'lamps/l-1/4']);
  });

  it('goes back among the dead letters when it is still broken', async () => {
    const { run, letters } = aRelay();

    expect(await run([aMessage('m-1', letterOf({ ...lit('l-1'), type: 'lamp.eaten' }))])).toEqual({
      batchItemFailures: [],
    });
    expect(letters).toHaveLength(1);
  });

  it('stays in the queue while the bus does not take it', async () => {
    const { run } = aRelay({ failing: ['l-1'] });

    expect(await run([aMessage('m-1', letterOf(lit('l-1')))])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
  });

  it.each([
    ['it is no letter', { some: 'thing' }],
    ['it is not JSON', undefined],
  ])('stays in the queue when %s', async (_case, content) => {
    const { run } = aRelay();

    expect(await run([aMessage('m-1', content)])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  });

  describe('that is a note of Lambda', () => {
    let aws: FakeAws;
    beforeAll(async () => {
      aws = await startFakeAws();
    });
    afterAll(() => aws.close());

    it('has its records read from the stream and published', async () => {
      const Records = ['l-1', 'l-2'].map((id, index) => aRecord(`${index + 1}`, id, lit(id)));
      aws.answer((response) => void response.end(JSON.stringify({ ShardIterator: '0', Records })));
      const batch = { streamArn: 'arn', shardId: 's', startSequenceNumber: '1', endSequenceNumber: '2' };
      const { run, published } = aRelay();

      expect(await run([aMessage('m-1', { DDBStreamBatchInfo: batch })])).toEqual({ batchItemFailures: [] });
      expect(published).toEqual(['lamps/l-1/1', 'lamps/l-2/1']);
    });
  });
});
