import * as v from 'valibot';
import { validate } from '../../../lib/http/validate';

const errorsOf = (schema: v.GenericSchema, value: unknown, root = 'body') => {
  const result = validate(schema, value, root);
  return 'errors' in result ? result.errors : [];
};

describe('a validated value', () => {
  it('is the output of its schema', () => {
    const schema = v.object({ name: v.pipe(v.string(), v.trim()) });

    expect(validate(schema, { name: ' a ', more: 1 }, 'body')).toEqual({ value: { name: 'a' } });
  });
});

describe('an error of a value', () => {
  it('names the place with members by points and lines by brackets', () => {
    const schema = v.object({ a: v.array(v.object({ b: v.array(v.number()) })) });

    expect(errorsOf(schema, { a: [{ b: [1] }, { b: [1, 'x'] }] })).toEqual([
      { path: 'a[1].b[1]', message: 'must be number, got "x"' },
    ]);
  });

  it('names the value itself by its root', () => {
    expect(errorsOf(v.string(), 1, 'Idempotency-Key')).toEqual([
      { path: 'Idempotency-Key', message: 'must be string, got 1' },
    ]);
  });

  it.each<[title: string, schema: v.GenericSchema, value: unknown, message: string]>([
    ['missing', v.string(), undefined, 'is required'],
    ['of the wrong type', v.string(), 1, 'must be string, got 1'],
    ['none of the choices', v.picklist(['A', 'B']), 'C', 'must be ("A" | "B"), got "C"'],
    ['too short', v.pipe(v.string(), v.minLength(2)), 'a', 'must be of length >=2, got 1'],
    ['too long', v.pipe(v.array(v.number()), v.maxLength(1)), [1, 2], 'must be of length <=1, got 2'],
    ['no integer', v.pipe(v.number(), v.integer()), 0.5, 'must be an integer, got 0.5'],
    ['too small', v.pipe(v.number(), v.minValue(1)), 0, 'must be >=1, got 0'],
    ['of another form', v.pipe(v.string(), v.regex(/^a$/)), 'b', 'must be of the form /^a$/, got "b"'],
    [
      'refused by a check',
      v.pipe(
        v.string(),
        v.check(() => false, 'must be nice'),
      ),
      'b',
      'must be nice',
    ],
  ])('that is %s says what is wrong, the value and what is allowed', (_, schema, value, message) => {
    expect(errorsOf(schema, value)).toEqual([{ path: 'body', message }]);
  });

  it('is told of up to 50 places', () => {
    expect(
      errorsOf(
        v.array(v.string()),
        Array.from({ length: 60 }, () => 1),
      ),
    ).toHaveLength(50);
  });
});
