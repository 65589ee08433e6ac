import { parseEventFilter } from '../../../infra/local/lambda/event-filter';
import { changePattern, emissionPattern } from '../../../lib/service/change-pattern';

const record = (eventName: string, NewImage?: object, OldImage?: object) => ({
  eventName,
  dynamodb: { ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) },
});
const takes = (pattern: object) => parseEventFilter(JSON.stringify(pattern));

describe('the pattern of a change', () => {
  it.each([
    ['another value before', record('MODIFY', { status: { S: 'DONE' } }, { status: { S: 'OPEN' } }), true],
    ['no value before', record('MODIFY', { status: { S: 'DONE' } }, { id: { S: '1' } }), true],
    ['the same value before', record('MODIFY', { status: { S: 'DONE' } }, { status: { S: 'DONE' } }), false],
    ['another value now', record('MODIFY', { status: { S: 'OPEN' } }, { status: { S: 'DONE' } }), false],
    ['another kind of change', record('INSERT', { status: { S: 'DONE' } }), false],
  ])('that asks for a new value looks at %s', (_, change, isTaken) => {
    expect(takes(changePattern({ event: 'MODIFY', becomes: { status: 'DONE' } }))(change)).toBe(isTaken);
  });

  it('that asks for nothing takes every change of its kind', () => {
    const isTaken = takes(changePattern({ event: 'INSERT' }));

    expect([isTaken(record('INSERT', { id: { S: '1' } })), isTaken(record('MODIFY', { id: { S: '1' } }))]).toEqual([
      true,
      false,
    ]);
  });
});

describe('the pattern of an emission', () => {
  const numbered = { id: { S: '1' }, _outSeq: { N: '3' } };

  it.each([
    ['a new item with events', record('INSERT', numbered), true],
    ['a change of an item with events', record('MODIFY', numbered, { id: { S: '1' } }), true],
    ['an item without events', record('MODIFY', { id: { S: '1' } }, { id: { S: '1' } }), false],
    ['a new item without events', record('INSERT', { id: { S: '1' } }), false],
    ['the deletion of an item with events', record('REMOVE', undefined, numbered), false],
  ])('decides on %s', (_, change, isTaken) => {
    expect(takes(emissionPattern)(change)).toBe(isTaken);
  });
});
