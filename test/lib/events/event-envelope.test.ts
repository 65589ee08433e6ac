import { parseEnvelope, type ReceivedEvent, toEnvelopes } from '../../../lib/events/event-envelope';
import { on } from '../../../lib/service/event-contract';
import { AT, anEntry, lampLit, lampSold } from './made-up-events';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const V1 = { version: 1, data: { lampId: 'l-1', grams: 2000 } };
const V3 = { version: 3, data: { lampId: 'l-1', weight: { kilograms: 2 } } };

const soldEntry = (changes: object) => anEntry({ type: 'lamp.sold', sequence: 4, ...changes });
const details = (changes: object) =>
  toEnvelopes(lampSold, 'l-1', soldEntry(changes)).map(({ detail }) => JSON.parse(detail));

describe('an event on its way to the bus', () => {
  it('is named by its source, its type and its time, and carries its trace', () => {
    expect(toEnvelopes(lampLit, 'l-1', anEntry({ traceparent: TRACEPARENT }))).toEqual([
      {
        source: 'lamps',
        type: 'lamp.lit',
        occurredAt: AT,
        traceparent: TRACEPARENT,
        detail: JSON.stringify({
          metadata: {
            id: 'lamps/l-1/1',
            version: 1,
            versions: [1],
            occurredAt: AT,
            traceparent: TRACEPARENT,
            correlationId: 'l-1',
            causationId: 'request/1',
            aggregateId: 'l-1',
            sequence: 1,
          },
          data: { lampId: 'l-1', watts: 7 },
        }),
      },
    ]);
  });

  it('goes in every live version under one id', () => {
    expect(details(V3)).toMatchObject([
      { metadata: { id: 'lamps/l-1/4', version: 2, versions: [2, 3] }, data: { lampId: 'l-1', kilograms: 2 } },
      { metadata: { id: 'lamps/l-1/4', version: 3, versions: [2, 3] }, data: V3.data },
    ]);
  });

  it('goes in the same versions when it was written before the newest one was known', () => {
    expect(details(V1)).toEqual(details(V3));
  });

  it('says the same, letter for letter, whenever it is made', () => {
    expect(toEnvelopes(lampSold, 'l-1', soldEntry(V3))).toEqual(toEnvelopes(lampSold, 'l-1', soldEntry(V3)));
  });

  it('is refused when it was written in a version that is not known here', () => {
    expect(() => details({ version: 4, data: {} })).toThrow('lamp.sold is known here up to version 3, got 4');
  });

  it('is refused when its data break their schema', () => {
    expect(() => details({ version: 3, data: { lampId: 'l-1' } })).toThrow('weight is required');
  });

  it('is refused when it is about another item than the one that it was in', () => {
    expect(() => toEnvelopes(lampSold, 'l-2', soldEntry(V3))).toThrow('data.lampId must be the key of its item');
  });
});

describe('an event that comes', () => {
  const metadata = {
    id: 'lamps/l-1/4',
    version: 2,
    versions: [2, 3],
    occurredAt: AT,
    correlationId: 'l-1',
    causationId: 'request/1',
    aggregateId: 'l-1',
    sequence: 4,
  };
  const detail = { metadata, data: { lampId: 'l-1', kilograms: 2 } };
  const parse = (version: 1 | 2 | 3, value: unknown) => parseEnvelope(on(lampSold, version), value);

  it('is read in the version that the consumer knows', () => {
    const { versions: _, ...rest } = metadata;

    expect(parse(2, detail)).toEqual({ ...rest, source: 'lamps', type: 'lamp.sold', version: 2, data: detail.data });
  });

  it('keeps its trace', () => {
    const traced = { ...detail, metadata: { ...metadata, traceparent: TRACEPARENT } };

    expect(parse(2, traced)).toMatchObject({ traceparent: TRACEPARENT });
  });

  it.each([
    [[1], 1, { lampId: 'l-1', grams: 2000 }],
    [[1, 2], 2, { lampId: 'l-1', kilograms: 2 }],
    [undefined, 1, { lampId: 'l-1', grams: 2000 }],
  ])('is made into that version when it was published as %j only', (versions, version, data) => {
    const older = { metadata: { ...metadata, version, versions }, data };

    expect((parse(3, older) as ReceivedEvent).data).toEqual(V3.data);
  });

  it('is read from every copy that can be read, and left to another one where only that can be', () => {
    const newer = { metadata: { ...metadata, version: 3 }, data: V3.data };

    expect((parse(3, detail) as ReceivedEvent).data).toEqual(V3.data);
    expect(parse(3, newer)).toMatchObject({ id: metadata.id, data: V3.data });
    expect(parse(2, newer)).toBe('another copy');
  });

  it('is never left to each other by two consumers of which one replaces the other', () => {
    const published = [2, 3] as const;
    const copies = [detail, { metadata: { ...metadata, version: 3 }, data: V3.data }];

    for (const first of published) {
      for (const second of published) {
        const taken = [parse(first, copies[0]), parse(second, copies[1])].filter((read) => read !== 'another copy');
        expect(taken.length).toBeGreaterThan(0);
      }
    }
  });

  it('is refused, whichever copy comes, when all are later than what is known', () => {
    expect(() => parse(1, detail)).toThrow('lamp.sold is known here up to version 1, got 2, 3');
  });

  it('may say more than is known here', () => {
    const more = { metadata: { ...metadata, mood: 'good' }, data: { ...detail.data, colour: 'red' }, more: true };

    expect(parse(2, more)).toEqual(parse(2, detail));
  });

  it.each([
    ['Alice', 'detail must be Object'],
    [{ data: {} }, 'metadata is required'],
    [{ ...detail, metadata: { ...metadata, id: '' } }, 'metadata.id must be of length >=1'],
    [{ ...detail, metadata: { ...metadata, version: 2.5 } }, 'metadata.version must be an integer'],
    [{ ...detail, metadata: { ...metadata, sequence: 0 } }, 'metadata.sequence must be >=1'],
    [{ ...detail, metadata: { ...metadata, occurredAt: 'now' } }, 'metadata.occurredAt is not valid'],
    [{ ...detail, metadata: { ...metadata, versions: [] } }, 'metadata.versions must be of length >=1'],
    [{ ...detail, metadata: { ...metadata, versions: [1] } }, 'metadata.version must be one of metadata.versions'],
    [{ ...detail, metadata: { ...metadata, id: 'lamps/l-1/9' } }, 'metadata.id must be the source'],
    [{ ...detail, data: { lampId: 'l-2', kilograms: 2 } }, 'data.lampId must be metadata.aggregateId'],
    [{ ...detail, data: { lampId: 7, kilograms: 2 } }, 'lamp.sold version 2 is not valid: lampId must be string'],
  ])('is refused with the place that is wrong: %#', (value, problem) => {
    expect(() => parse(2, value)).toThrow(
      expect.objectContaining({ name: 'EventInvalidError', message: expect.stringContaining(problem) }),
    );
  });
});
