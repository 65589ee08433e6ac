import fc from 'fast-check';
import { InvalidRequestError } from '../../../lib/errors/request-errors';
import { decodeCursor, encodeCursor } from '../../../lib/http/cursor';

const asCursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('is the key that it was made of, and safe in a URL', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (orderId, createdAt) => {
        const cursor = encodeCursor({ orderId, createdAt });

        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, ['orderId', 'createdAt'])).toEqual({ orderId, createdAt });
      }),
      { seed: 20260101 },
    );
  });

  it.each<[title: string, cursor: string]>([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['null', asCursor(null)],
    ['a text', asCursor('orderId')],
    ['a list', asCursor(['a', 'b'])],
    ['short of a field', asCursor({ orderId: 'a' })],
    ['of other fields', asCursor({ orderId: 'a', customerId: 'bob' })],
    ['of one field too many', asCursor({ orderId: 'a', createdAt: 'b', customerId: 'bob' })],
    ['of a number', asCursor({ orderId: 'a', createdAt: 1 })],
    ['of an empty value', asCursor({ orderId: 'a', createdAt: '' })],
  ])('that is %s is refused', (_, cursor) => {
    const decode = () => decodeCursor(cursor, ['orderId', 'createdAt']);

    expect(decode).toThrow(InvalidRequestError);
    expect(decode).toThrow(
      expect.objectContaining({
        errors: [{ path: 'cursor', message: `must be a nextCursor of this list, got ${JSON.stringify(cursor)}` }],
      }),
    );
  });

  it('is shown in the error up to 80 characters', () => {
    const errors = (() => {
      try {
        return decodeCursor('x'.repeat(1000), ['orderId']) && undefined;
      } catch (error) {
        return (error as InvalidRequestError).errors;
      }
    })();

    expect(errors?.[0]?.message).toBe(`must be a nextCursor of this list, got "${'x'.repeat(80)}"`);
  });
});
