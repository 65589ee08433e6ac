import fc from 'fast-check';
import { createdItemId, fingerprint } from '../../../lib/idempotency/created-item';

describe('the id of a created item', () => {
  it('is the prefix and 32 hexadecimal digits', () => {
    expect(createdItemId('ord_', 'alice', 'createOrder', 'key-1')).toMatch(/^ord_[0-9a-f]{32}$/);
  });

  it('is the same for the same request, and stays so: stored orders are found by it', () => {
    expect(createdItemId('ord_', 'alice', 'createOrder', 'key-1')).toBe('ord_e8b7c099752600c19b8bd9050ee494b9');
  });

  it('is another for another caller, route or key, however their texts are put together', () => {
    const ids = [
      createdItemId('ord_', 'alice', 'createOrder', 'key-1'),
      createdItemId('ord_', 'bob', 'createOrder', 'key-1'),
      createdItemId('ord_', 'alice', 'createTask', 'key-1'),
      createdItemId('ord_', 'alice', 'createOrder', 'key-2'),
      createdItemId('ord_', 'alicec', 'reateOrder', 'key-1'),
      createdItemId('ord_', 'alice', 'createOrderk', 'ey-1'),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the fingerprint of a body', () => {
  it('does not depend on the order of members', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      );
    };

    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(fingerprint(reversed(body))).toBe(fingerprint(body));
      }),
      { seed: 20260101 },
    );
  });

  it('tells different bodies apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const areAlike = sorted(a) === sorted(b);

        expect(fingerprint(a) === fingerprint(b)).toBe(areAlike);
      }),
      { seed: 20260101 },
    );
  });

  it.each<[string, unknown, unknown]>([
    ['the order of a list', [1, 2], [2, 1]],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['an absent member and null', {}, { a: null }],
    ['members that are put together differently', { a: 1, b: 2 }, { 'a":1,"b': 2 }],
    ['a list and its text', [], '[]'],
    ['a nested member', { a: { b: 1 } }, { a: { b: 2 } }],
  ])('tells %s apart', (_, a, b) => {
    expect(fingerprint(a)).not.toBe(fingerprint(b));
  });

  it('takes a member that is undefined as absent', () => {
    expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
  });
});

/** The JSON of a value in which members are sorted by name. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(
          Object.keys(member)
            .sort()
            .map((name) => [name, member[name]]),
        )
      : member,
  );
}
