import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { readEmitted, readLetter, readRecord, toEmitter } from '../../../lib/events/dynamodb-outbox-records';
import { emit, outboxOf } from '../../../lib/events/outbox';
import type { RelayWork } from '../../../lib/events/relay-plan';
import { AT, anEntry, lampLit, lampSold, lamps } from './made-up-events';

type Image = Record<string, AttributeValue>;
const emitter = toEmitter(lamps);
const image = (item: object) => marshall(item, { removeUndefinedValues: true }) as unknown as Image;
const aRecord = (before: object | undefined, after: object | undefined) => ({
  dynamodb: {
    Keys: image({ lampId: 'l-1' }),
    ...(before && { OldImage: image(before) }),
    ...(after && { NewImage: image({ lampId: 'l-1', owner: 'Alice', ...after }) }),
  },
});
const EMISSION = { correlationId: 'l-1', causationId: 'request/1', now: Date.parse(AT) };
const lit = emit(lampLit, { lampId: 'l-1', watts: 7 }, EMISSION);
const sold = emit(lampSold, { lampId: 'l-1', weight: { kilograms: 2 } }, EMISSION);
/** As it is delivered again. */
const resent = ({ letter, reason }: RelayWork) => JSON.parse(JSON.stringify({ outbox: { ...letter, reason } }));

describe('the events in a record of the stream', () => {
  it('are those that its write emitted, in all their live versions', () => {
    const works = readRecord(emitter, aRecord(undefined, outboxOf([sold, lit])), 3);

    expect(works.map(({ copies, letter, ...rest }) => ({ ...rest, copies: copies.map(({ type }) => type) }))).toEqual([
      { record: 3, aggregateId: 'l-1', eventId: 'lamps/l-1/1', copies: ['lamp.sold', 'lamp.sold'] },
      { record: 3, aggregateId: 'l-1', eventId: 'lamps/l-1/2', copies: ['lamp.lit'] },
    ]);
  });

  it.each([
    ['a write that emits none', { _outSeq: 2, _out: [lit] }, { _outSeq: 2, _out: [lit] }],
    ['an item without an outbox', undefined, { watts: 7 }],
    ['a deletion', { _outSeq: 2, _out: [lit] }, undefined],
  ])('are none: %s', (_case, before, after) => {
    expect(readRecord(emitter, aRecord(before, after), 0)).toEqual([]);
  });

  it('are poison, each alone, when they cannot be published', () => {
    const strange = { ...lit, type: 'lamp.eaten' };
    const broken = { ...lit, data: { lampId: 'l-1', watts: 'Alice' } };
    const later = { ...sold, version: 4 };

    const works = readRecord(emitter, aRecord(undefined, outboxOf([strange, broken, later, lit])), 0);

    expect(works.map(({ reason, copies }) => reason ?? copies.length)).toEqual([
      'UnknownEventError: lamps tells no event "lamp.eaten"',
      'EventInvalidError: lamp.lit version 1 is not valid: watts must be number',
      'UnknownVersionError: lamp.sold is known here up to version 3, got 4',
      1,
    ]);
    expect(works[1]?.letter).toEqual({ source: 'lamps', aggregateId: 'l-1', entry: { ...broken, sequence: 2 } });
  });

  it('are one letter with the outbox, and nothing else of the item, when that cannot be read', () => {
    const [work, ...others] = readRecord(emitter, aRecord({ _outSeq: 1 }, { _outSeq: 2, _out: 'Alice' }), 5);

    expect(others).toEqual([]);
    expect(work).toEqual({
      record: 5,
      aggregateId: 'l-1',
      eventId: 'lamps/l-1',
      copies: [],
      reason: 'OutboxUnreadableError: the outbox cannot be read: _out must be a list of 1 to 2 events',
      letter: {
        source: 'lamps',
        aggregateId: 'l-1',
        record: {
          dynamodb: {
            Keys: { lampId: { S: 'l-1' } },
            OldImage: { _outSeq: { N: '1' } },
            NewImage: { _outSeq: { N: '2' }, _out: { S: 'Alice' } },
          },
        },
      },
    });
  });

  it.each([[{}], [{ dynamodb: {} }]])('are none in a record without images: %j', (record) => {
    expect(readRecord(emitter, record, 0)).toEqual([]);
  });
});

describe('a letter that is delivered again', () => {
  it('is the event that it was', () => {
    const broken = readEmitted(emitter, 'l-1', anEntry({ data: { lampId: 'l-2' }, sequence: 4 }), 2);

    expect(readLetter(emitter, resent(broken))).toEqual([{ ...broken, record: 0 }]);
  });

  it('is published once what was wrong is mended', () => {
    const event = readEmitted(emitter, 'l-1', anEntry({ sequence: 4 }), 0);

    expect(readLetter(emitter, resent({ ...event, copies: [], reason: 'the bus refuses it' }))).toEqual([event]);
  });

  it('is read as the record that it was', () => {
    const record = aRecord({ _outSeq: 1 }, { _outSeq: 2, _out: 'Alice' });
    const works = readRecord(emitter, record, 0);

    expect(works.flatMap((work) => readLetter(emitter, resent(work)))).toEqual(works);
  });

  it.each([
    'Alice',
    null,
    {},
    { outbox: {} },
    { outbox: { aggregateId: 'l-1' } },
    { outbox: { aggregateId: 'l-1', entry: { sequence: 1 } } },
    { DDBStreamBatchInfo: {} },
  ])('is no letter of the relay: %j', (message) => {
    expect(readLetter(emitter, message)).toBeUndefined();
  });
});

describe('a service that emits', () => {
  it('has a table', () => {
    const { table: _, ...tableless } = lamps;

    expect(() => toEmitter(tableless)).toThrow('lamps has no table whose items could emit');
  });

  it('whose items have two keys tells of what both name', () => {
    const sorted = toEmitter({ ...lamps, table: { partitionKey: 'room', sortKey: 'lamp' } });
    const inTheHall = emit(lampLit, { lampId: 'hall-1', watts: 7 }, EMISSION);
    const { dynamodb } = aRecord(undefined, outboxOf([inTheHall]));

    const [work] = readRecord(sorted, { dynamodb: { ...dynamodb, Keys: image({ lamp: '1', room: 'hall' }) } }, 0);

    expect(work).toMatchObject({ aggregateId: 'hall-1', eventId: 'lamps/hall-1/1' });
    expect(work?.copies).toHaveLength(1);
  });
});
