import '../support/environment';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { eventHandler } from '../../lib/lambda/event-handler';
import { defineService } from '../../lib/service/contract';
import { on } from '../../lib/service/event-contract';
import { AT, lampSold } from '../lib/events/made-up-events';
import { aMessage } from '../lib/lambda/a-message';

/** An event as it was published: in which versions, which may be more than its contract knows here. */
interface Published {
  readonly sequence: number;
  readonly versions: readonly number[];
}

/** One delivery: a copy of an event, and whether the reaction to it fails. */
interface Delivery {
  readonly event: number;
  readonly copy: number;
  readonly fails: boolean;
}

const published = fc
  .array(fc.subarray([1, 2, 3, 4], { minLength: 1 }), { minLength: 1, maxLength: 5 })
  .map((all) => all.map((versions, index): Published => ({ sequence: index + 1, versions })));
const deliveries = fc.array(
  fc.array(fc.record<Delivery>({ event: fc.nat(4), copy: fc.nat(3), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 10,
  }),
  { maxLength: 8 },
);
const known = fc.constantFrom(1 as const, 2 as const, 3 as const);

const consumerOf = (version: 1 | 2 | 3) =>
  defineService({
    name: 'museum',
    version: '1.0.0',
    summary: 'Counts lamps.',
    handlers: {
      'on-lamp': {
        trigger: { kind: 'events', consumes: [on(lampSold, version)], batchSize: 10, maximumConcurrency: 2 },
        timeoutSeconds: 10,
      },
    },
  });

/** The same lamp in each version; of version 4 nothing is known. */
const DATA: Readonly<Record<number, object>> = {
  1: { lampId: 'l-1', grams: 2000 },
  2: { lampId: 'l-1', kilograms: 2 },
  3: { lampId: 'l-1', weight: { kilograms: 2 } },
  4: { lampId: 'l-1', mass: '2 kg' },
};

function aCopy({ sequence, versions }: Published, version: number) {
  const id = `lamps/l-1/${sequence}`;
  const context = { occurredAt: AT, correlationId: 'l-1', causationId: 'c', aggregateId: 'l-1', sequence };
  const detail = { metadata: { id, version, versions, ...context }, data: DATA[version] };
  return { id: `bus-${sequence}-${version}`, source: 'lamps', 'detail-type': 'lamp.sold', detail };
}

describe('a consumer that knows one version, whatever copies come how often in which order', () => {
  beforeAll(() => {
    for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterAll(() => jest.restoreAllMocks());

  it('is given every copy that it can read, in its version, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(published, deliveries, known, async (events, batches, version) => {
        const given: Array<{ sequence: number; data: unknown }> = [];
        const expected: number[] = [];
        const letters: string[] = [];
        const tooNew: string[] = [];
        let failing = new Set<number>();
        const handler = eventHandler(
          consumerOf(version),
          'on-lamp',
          {
            'lamp.sold': async ({ sequence, data }) => {
              if (failing.has(sequence)) throw new Error('no');
              given.push({ sequence, data });
            },
          },
          { send: async (body) => void letters.push(JSON.parse(body).id) },
        );

        for (const batch of batches) {
          failing = new Set(batch.filter(({ fails }) => fails).map(({ event }) => (event % events.length) + 1));
          const failures: string[] = [];
          const Records = batch.flatMap(({ event, copy }, index) => {
            const it = events[event % events.length];
            if (!it) return [];
            const copyVersion = it.versions[copy % it.versions.length] ?? 0;
            const message = aMessage(`m-${index}`, aCopy(it, copyVersion));
            if (it.versions.every((one) => one > version)) tooNew.push(aCopy(it, copyVersion).id);
            else if (copyVersion <= version) {
              if (failing.has(it.sequence)) failures.push(message.messageId);
              else expected.push(it.sequence);
            }
            return [message];
          });

          const answer = await handler({ Records }, {} as Context);

          expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(failures);
        }

        expect(given.map(({ sequence }) => sequence)).toEqual(expected);
        for (const { data } of given) expect(data).toEqual(DATA[version]);
        expect(letters).toEqual(tooNew);
      }),
      { numRuns: 150, seed: 20261127 },
    );
  });
});
