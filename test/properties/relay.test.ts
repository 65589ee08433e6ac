import '../support/environment';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, Context, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import type { BusEvent } from '../../lib/events/event-envelope';
import { emit, type OutboxEntry } from '../../lib/events/outbox';
import type { RelayPorts } from '../../lib/events/relay';
import { relayHandler } from '../../lib/lambda/relay-handler';
import { lampLit, lampSold, lamps } from '../lib/events/made-up-events';

/** What is emitted: an event of one version, one of two, one that breaks its schema, one that the bus refuses in one version. */
type Kind = 'lit' | 'sold' | 'broken' | 'refused';

interface Write {
  readonly lamp: number;
  /** None: a write that emits nothing. */
  readonly kinds: readonly Kind[];
}

/** What becomes of a put: it is taken; it fails as a whole; some entries fail; the invocation dies before or after it. */
type Fate = 'go' | 'fail' | 'fail some' | 'die before' | 'die after';

interface Emitted {
  readonly id: string;
  readonly lamp: string;
  readonly kind: Kind;
}

const REFUSED_WATTS = 666;
const EMISSION = { correlationId: 'c', causationId: 'request/1', now: 0 };

const kinds: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Kind>('lit', 'sold') },
  { weight: 1, arbitrary: fc.constantFrom<Kind>('broken', 'refused') },
);
const writes = fc.array(fc.record<Write>({ lamp: fc.nat(3), kinds: fc.array(kinds, { maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 25,
});
const fates = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fate>('go') },
    { weight: 3, arbitrary: fc.constantFrom<Fate>('fail', 'fail some', 'die before', 'die after') },
  ),
  { maxLength: 30 },
);
const invocations = fc.record({
  batchSize: fc.integer({ min: 1, max: 12 }),
  /** What an invocation has: always enough for a wave after the first, and sometimes for waits. */
  timeMs: fc.integer({ min: 7_000, max: 12_000 }),
  letterFailures: fc.array(fc.boolean(), { maxLength: 6 }),
});

/** The stream of a table after some writes, and all that they emitted. */
function streamOf(plan: readonly Write[]): { records: DynamoDBRecord[]; emitted: Emitted[] } {
  const items = new Map<string, { lampId: string; _out?: OutboxEntry[]; _outSeq?: number }>();
  const emitted: Emitted[] = [];
  const records = plan.map(({ lamp, kinds }, index): DynamoDBRecord => {
    const lampId = `l-${lamp}`;
    const before = items.get(lampId);
    const last = before?._outSeq ?? 0;
    const after = {
      ...before,
      lampId,
      ...(kinds.length > 0 && { _out: kinds.map((kind) => anEvent(lampId, kind)), _outSeq: last + kinds.length }),
    };
    items.set(lampId, after);
    for (const [at, kind] of kinds.entries()) {
      emitted.push({ id: `lamps/${lampId}/${last + 1 + at}`, lamp: lampId, kind });
    }
    return {
      dynamodb: {
        SequenceNumber: String(1000 + index),
        Keys: image({ lampId }),
        NewImage: image(after),
        ...(before && { OldImage: image(before) }),
      },
    };
  });
  return { records, emitted };
}

const image = (item: object) =>
  marshall(item, { removeUndefinedValues: true }) as unknown as Record<string, AttributeValue>;

function anEvent(lampId: string, kind: Kind): OutboxEntry {
  if (kind === 'lit') return emit(lampLit, { lampId, watts: 7 }, EMISSION);
  if (kind === 'broken') return { ...emit(lampLit, { lampId, watts: 7 }, EMISSION), data: { lampId } };
  const kilograms = kind === 'refused' ? REFUSED_WATTS : 2;
  return emit(lampSold, { lampId, weight: { kilograms } }, EMISSION);
}

/** A bus to whose calls things happen, and which remembers in which order it took what. */
function aBus(plan: readonly Fate[]) {
  const taken: Array<{ id: string; version: number; detail: string }> = [];
  const left = [...plan];
  const put: RelayPorts['bus']['put'] = async (events) => {
    const fate = left.shift() ?? 'go';
    if (fate === 'die before') throw new Error('the invocation dies');
    if (fate === 'fail') return events.map(() => ({ kind: 'failed', code: 'ThrottlingException' }));
    const outcomes = events.map((event, index) => {
      if (fate === 'fail some' && index % 2 === 0) return { kind: 'failed', code: 'InternalFailure' } as const;
      if (isRefused(event)) return { kind: 'refused', code: 'MalformedDetail' } as const;
      const { metadata } = JSON.parse(event.detail);
      taken.push({ id: metadata.id, version: metadata.version, detail: event.detail });
      return { kind: 'published' } as const;
    });
    if (fate === 'die after') throw new Error('the invocation dies');
    return outcomes;
  };
  return { put, taken };
}

const isRefused = ({ detail }: BusEvent) => detail.includes(`"weight":{"kilograms":${REFUSED_WATTS}}`);

/** Feeds the stream to the relay as Lambda does, until all of it is taken; a batch whose invocation dies is cut in two. */
async function feed(
  records: readonly DynamoDBRecord[],
  outside: Parameters<typeof relayHandler>[2],
  { batchSize, timeMs }: { batchSize: number; timeMs: number },
  clock: { usedMs: number },
): Promise<number> {
  const handler = relayHandler(lamps, 'relay-events', outside);
  let at = 0;
  let size = batchSize;
  let invocations = 0;
  while (at < records.length && invocations < 500) {
    invocations += 1;
    clock.usedMs = 0;
    const Records = records.slice(at, at + size);
    const context = { getRemainingTimeInMillis: () => timeMs - clock.usedMs } as Context;
    const answer = await handler({ Records }, context).catch(() => undefined);
    const failed = answer?.batchItemFailures[0]?.itemIdentifier;
    if (answer === undefined) size = Math.max(1, Math.ceil(size / 2));
    else if (failed === undefined) {
      at += Records.length;
      size = batchSize;
    } else at = records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failed);
  }
  return at;
}

describe('the relay, whatever fails and whoever dies', () => {
  beforeAll(() => {
    for (const level of ['info', 'warn', 'error'] as const)
      jest.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterAll(() => jest.restoreAllMocks());

  it('publishes every event in every live version, those of an aggregate in their order, and lets no poison block', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fates, invocations, async (plan, fatesOfPuts, options) => {
        const { records, emitted } = streamOf(plan);
        const { put, taken } = aBus(fatesOfPuts);
        const letters = new Set<string>();
        const letterFailures = [...options.letterFailures];
        const clock = { usedMs: 0 };
        const outside = {
          bus: { put },
          deadLetters: {
            send: async (body: string) => {
              if (letterFailures.shift()) throw new Error('no queue');
              const { source, aggregateId, entry } = JSON.parse(body).outbox;
              letters.add(`${source}/${aggregateId}/${entry.sequence}`);
            },
          },
          random: () => 1,
          sleep: async (ms: number) => {
            clock.usedMs += ms;
          },
        };

        const end = await feed(records, outside, options, clock);

        expect(end).toBe(records.length);
        const good = emitted.filter(({ kind }) => kind === 'lit' || kind === 'sold');
        const poison = emitted.filter(({ kind }) => kind === 'broken' || kind === 'refused');
        expect([...letters].sort()).toEqual(poison.map(({ id }) => id).sort());
        const firstOf = (id: string, version: number) =>
          taken.findIndex((copy) => copy.id === id && copy.version === version);
        const placesOf = ({ id, kind }: Emitted) =>
          (kind === 'lit' ? [1] : [2, 3]).map((version) => firstOf(id, version));
        for (const event of good) expect(placesOf(event)).not.toContain(-1);
        for (const lamp of new Set(good.map((event) => event.lamp))) {
          const places = good.filter((event) => event.lamp === lamp).map(placesOf);
          for (const [index, later] of places.slice(1).entries()) {
            expect(Math.min(...later)).toBeGreaterThan(Math.max(...(places[index] ?? [])));
          }
        }
        expect(taken.filter(({ id, version }) => version === 3 && letters.has(id))).toEqual([]);
        const details = new Map<string, Set<string>>();
        for (const { id, version, detail } of taken) {
          const key = `${id} ${version}`;
          details.set(key, (details.get(key) ?? new Set()).add(detail));
        }
        expect([...details.values()].filter(({ size }) => size > 1)).toEqual([]);
      }),
      { numRuns: 150, seed: 20261126 },
    );
  });
});
