import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digest } from '../../lib/id';

describe('a digest', () => {
  it('is the SHA-256 of the parts, each after its length in bytes', () => {
    const expected = createHash('sha256').update('1:a3:bö').digest('hex');

    expect(digest('a', 'bö')).toBe(expected);
  });

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['a', ''], ['a']],
    [
      ['', 'a'],
      ['a', ''],
    ],
    [[], ['']],
    [['1:a'], ['a']],
    [['a1:b'], ['a', 'b']],
  ])('of %j is another than of %j', (a, b) => {
    expect(digest(...a)).not.toBe(digest(...b));
  });

  it('is the same for the same parts only', () => {
    const parts = fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(digest(...a) === digest(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { seed: 20260101 },
    );
  });
});
