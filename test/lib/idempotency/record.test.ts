import { keepAnswer, readAnswer, recordKey } from '../../../lib/idempotency/record';

describe('an answer that is kept', () => {
  it.each<[string, unknown]>([
    ['an object, with its members in their order', { b: 1, a: [null, { z: 1, y: 'ü' }] }],
    ['a text', 'done'],
    ['null', null],
    ['nothing', undefined],
  ])('comes back as it was: %s', (_, result) => {
    const kept = JSON.parse(JSON.stringify(keepAnswer(result))) as { answer?: string };

    expect(JSON.stringify(readAnswer(kept))).toBe(JSON.stringify(result));
  });

  it('has a limit that leaves room in an item', () => {
    expect(() => keepAnswer('x'.repeat(256 * 1024 - 2))).not.toThrow();
    expect(() => keepAnswer('x'.repeat(256 * 1024 - 1))).toThrow('at most 262144 bytes, got 262145');
  });
});

describe('the key of a record', () => {
  const identity = { id: 'abc', fingerprint: '' };

  it('fills both keys of a table that has two, and is apart from those of items', () => {
    expect(recordKey({ partitionKey: 'id' }, identity)).toEqual({ id: 'request#abc' });
    expect(recordKey({ partitionKey: 'book', sortKey: 'page' }, identity)).toEqual({
      book: 'request#abc',
      page: 'request#abc',
    });
  });
});
