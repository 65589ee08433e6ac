import type { PutOutcome } from '../../../lib/events/event-bus';
import { backOffMs, type RelayPorts, relay } from '../../../lib/events/relay';
import type { RelayWork } from '../../../lib/events/relay-plan';
import { AT } from './made-up-events';

/** One event of an aggregate, published as `names`. */
const work = (aggregateId: string, ...names: string[]): RelayWork => ({
  record: 0,
  aggregateId,
  eventId: `lamps/${aggregateId}/${names[0]}`,
  copies: names.map((detail) => ({ source: 'lamps', type: 'lamp.lit', occurredAt: AT, detail })),
  letter: { aggregateId },
});

/** A relay's surroundings: the bus answers what is told of an event, one answer after another, and takes all else. */
function surroundings(answers: Record<string, Array<PutOutcome['kind']>> = {}, timeMs = 60_000) {
  const puts: string[] = [];
  const letters: Array<{ body: unknown; reason: string }> = [];
  const waits: number[] = [];
  let remaining = timeMs;
  let refusedLetters = 0;
  const ports: RelayPorts = {
    bus: {
      put: async (events) => {
        puts.push(events.map(({ detail }) => detail).join(' '));
        return events.map(({ detail }) => {
          const kind = answers[detail]?.shift() ?? 'published';
          return kind === 'published' ? { kind } : { kind, code: 'SomeCode' };
        });
      },
    },
    deadLetters: {
      send: async (body, reason) => {
        if (refusedLetters > 0) {
          refusedLetters -= 1;
          throw new Error('no queue');
        }
        letters.push({ body: JSON.parse(body), reason });
      },
    },
    remainingMs: () => remaining,
    random: () => 1,
    sleep: async (ms) => {
      waits.push(ms);
      remaining -= ms;
    },
  };
  return {
    ports,
    puts,
    letters,
    waits,
    refuseLetters: (times: number) => {
      refusedLetters = times;
    },
  };
}

describe('the relay', () => {
  let logged: jest.SpyInstance;
  beforeEach(() => {
    logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  it('publishes every event, those of an aggregate one after another', async () => {
    const { ports, puts, waits } = surroundings();

    const { unfinished, counts } = await relay([work('a', 'a1'), work('a', 'a2'), work('b', 'b1')], ports);

    expect(puts).toEqual(['a1 b1', 'a2']);
    expect(unfinished).toEqual([]);
    expect(counts).toEqual({ published: 3, failed: 0, deadLettered: 0 });
    expect(waits).toEqual([]);
  });

  it('tries what failed again, alone, and lets nothing of its aggregate pass', async () => {
    const { ports, puts } = surroundings({ a1: ['failed', 'failed'] });

    const { unfinished, counts } = await relay([work('a', 'a1'), work('a', 'a2'), work('b', 'b1')], ports);

    expect(puts).toEqual(['a1 b1', 'a1', 'a1', 'a2']);
    expect(unfinished).toEqual([]);
    expect(counts).toEqual({ published: 3, failed: 2, deadLettered: 0 });
  });

  it('goes on only when an event is published in all its versions, and repeats the one that failed', async () => {
    const { ports, puts } = surroundings({ 'a1 v2': ['failed'] });

    await relay([work('a', 'a1 v1', 'a1 v2'), work('a', 'a2')], ports);

    expect(puts).toEqual(['a1 v1 a1 v2', 'a1 v2', 'a2']);
  });

  it('waits longer after each failure in a row, and begins anew after a success', async () => {
    const { ports, waits } = surroundings({ a1: ['failed', 'failed'], a2: ['failed'] });

    await relay([work('a', 'a1'), work('a', 'a2')], ports);

    expect(waits).toEqual([50, 100, 50]);
  });

  it('stops while there is time for an answer, and tells what is left in its order', async () => {
    const { ports, puts } = surroundings({ a1: Array(99).fill('failed') }, 8_000);
    const works = [work('a', 'a1'), work('b', 'b1'), work('a', 'a2')];

    const { unfinished } = await relay(works, ports);

    expect(unfinished).toEqual([works[0], works[2]]);
    expect(puts.length).toBeGreaterThan(3);
    expect(ports.remainingMs()).toBeGreaterThanOrEqual(7_000);
  });

  it('puts at least once, however little time there is', async () => {
    const { ports, puts } = surroundings({}, 0);

    expect((await relay([work('a', 'a1'), work('a', 'a2')], ports)).unfinished).toHaveLength(1);
    expect(puts).toEqual(['a1']);
  });

  it('puts what is refused among the dead letters with its content, and goes on', async () => {
    const { ports, puts, letters, waits } = surroundings({ 'a1 v1': ['refused'] });

    const { unfinished, counts } = await relay([work('a', 'a1 v1', 'a1 v2'), work('a', 'a2')], ports);

    expect(letters).toEqual([
      {
        body: { outbox: { aggregateId: 'a', reason: 'the bus refuses it: SomeCode' } },
        reason: 'the bus refuses it: SomeCode',
      },
    ]);
    expect(puts).toEqual(['a1 v1 a1 v2', 'a2']);
    expect(unfinished).toEqual([]);
    expect(counts).toEqual({ published: 2, failed: 0, deadLettered: 1 });
    expect(waits).toEqual([]);
    expect(JSON.parse(logged.mock.calls[0]?.[0])).toMatchObject({
      message: 'event put among the dead letters',
      eventId: 'lamps/a/a1 v1',
      reason: 'the bus refuses it: SomeCode',
    });
  });

  it('sends away what cannot be published in its turn, and tries again when the queue does not take it', async () => {
    const { ports, puts, letters, refuseLetters } = surroundings();
    refuseLetters(1);
    const poison = { ...work('a'), reason: 'broken' };

    const { unfinished, counts } = await relay([work('a', 'a1'), poison, work('a', 'a3'), work('b', 'b1')], ports);

    expect(puts).toEqual(['a1 b1', 'a3']);
    expect(letters).toEqual([{ body: { outbox: { aggregateId: 'a', reason: 'broken' } }, reason: 'broken' }]);
    expect(unfinished).toEqual([]);
    expect(counts).toEqual({ published: 3, failed: 1, deadLettered: 1 });
  });

  it('takes an answer that the bus does not give for a failure', async () => {
    const { ports, puts } = surroundings();
    const put = ports.bus.put;
    let isFirst = true;
    const bus = {
      put: async (events: Parameters<typeof put>[0]) => {
        const outcomes = await put(events);
        const answered = isFirst ? outcomes.slice(0, 1) : outcomes;
        isFirst = false;
        return answered;
      },
    };

    expect((await relay([work('a', 'a1'), work('b', 'b1')], { ...ports, bus })).unfinished).toEqual([]);
    expect(puts).toEqual(['a1 b1', 'b1']);
  });

  it('has nothing to do with nothing', async () => {
    expect(await relay([], surroundings().ports)).toEqual({
      unfinished: [],
      counts: { published: 0, failed: 0, deadLettered: 0 },
    });
  });
});

describe('the wait before a repeat', () => {
  it.each([
    [0, 1, 0],
    [1, 1, 50],
    [1, 0.5, 25],
    [2, 1, 100],
    [6, 1, 1_600],
    [7, 1, 2_000],
    [70, 1, 2_000],
    [70, 0, 0],
  ])('after %d failures, with the die at %d, is %d ms', (failures, random, expected) => {
    expect(backOffMs(failures, random)).toBe(expected);
  });
});
