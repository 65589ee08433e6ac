import { planWave, type RelayWork, sizeOf } from '../../../lib/events/relay-plan';
import { AT } from './made-up-events';

/** A work of an aggregate with copies whose details have these sizes. */
const work = (aggregateId: string, ...bytes: number[]): RelayWork => ({
  record: 0,
  aggregateId,
  eventId: `lamps/${aggregateId}/1`,
  copies: bytes.map((size) => ({ source: 's', type: 't', occurredAt: AT, detail: 'x'.repeat(size - 16) })),
  letter: {},
});
const plan = (...works: RelayWork[]) =>
  planWave(works).requests.map((request) => request.map((planned) => planned.work.aggregateId));

describe('a wave of the relay', () => {
  it('has the next event of each aggregate, and none that comes after it', () => {
    const [a1, a2, b1, b2] = [work('a', 20), work('a', 20), work('b', 20), work('b', 20)];

    const { requests } = planWave([a1, a2, b1, b2]);

    expect(requests).toEqual([
      [
        { work: a1, copy: a1.copies[0] },
        { work: b1, copy: b1.copies[0] },
      ],
    ]);
  });

  it('has all copies of an event', () => {
    expect(plan(work('a', 20, 20), work('b', 20))).toEqual([['a', 'a', 'b']]);
  });

  it('has ten entries in a request, and five requests', () => {
    const works = Array.from({ length: 60 }, (_, index) => work(`${index}`, 20));

    const sizes = plan(...works).map(({ length }) => length);

    expect(sizes).toEqual([10, 10, 10, 10, 10]);
  });

  it('has a megabyte in a request, as EventBridge counts', () => {
    expect(plan(work('a', 600_000), work('b', 400_000), work('c', 17), work('d', 20))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(plan(work('a', 600_000), work('b', 400_001))).toEqual([['a'], ['b']]);
  });

  it('sends what is too large by itself, for the bus to refuse it', () => {
    expect(plan(work('a', 20), work('b', 2_000_000), work('c', 20))).toEqual([['a'], ['b'], ['c']]);
  });

  it('has the letters of what cannot be published, each in the turn of its aggregate', () => {
    const poison = { ...work('a'), reason: 'broken' };
    const waiting = { ...work('b'), reason: 'broken' };

    expect(planWave([poison, work('a', 20), work('b', 20), waiting])).toMatchObject({
      letters: [poison],
      requests: [[{ work: { aggregateId: 'b' } }]],
    });
  });

  it('has ten letters', () => {
    expect(planWave(Array.from({ length: 12 }, (_, index) => work(`${index}`))).letters).toHaveLength(10);
  });
});

describe('the size of an entry', () => {
  it('is 14 bytes for its time and what its texts have in UTF-8', () => {
    expect(sizeOf({ source: 'ä', type: 'bc', occurredAt: AT, traceparent: 'free', detail: '"€"' })).toBe(
      14 + 2 + 2 + 5,
    );
  });
});
