import { parseEventFilter, parseMessageFilter } from '../../../../infra/local/lambda/event-filter';

describe('an event filter', () => {
  const passes = (pattern: unknown, event: unknown) => parseEventFilter(JSON.stringify(pattern))(event);

  test.each([
    ['one of the values', { a: ['x', 'y'] }, { a: 'y' }, { a: 'z' }],
    ['numbers and null by value', { a: [1, null] }, { a: null }, { a: '1' }],
    ['booleans by value', { a: { BOOL: [true] } }, { a: { BOOL: true } }, { a: { BOOL: 'true' } }],
    ['every field', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y', c: 1 }, { a: 'x' }],
    ['nested fields', { a: { b: { c: ['x'] } } }, { a: { b: { c: 'x' } } }, { a: { b: 'x' } }],
    ['a member of a list', { a: ['x'] }, { a: ['w', 'x'] }, { a: ['w'] }],
    ['prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, { a: 'ba' }],
    ['exists true', { a: [{ exists: true }] }, { a: 0 }, { b: 0 }],
    ['exists true on leaves only', { a: [{ exists: true }] }, { a: 'leaf' }, { a: { b: 1 } }],
    ['exists false', { a: { b: [{ exists: false }] } }, { a: { c: 1 } }, { a: { b: 1 } }],
    ['anything-but one', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, { a: 'x' }],
    ['anything-but several', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 1 }, { a: 'y' }],
    ['anything-but not for an absent field', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, {}],
    ['numeric equality', { a: [{ numeric: ['=', 5] }] }, { a: 5 }, { a: '5' }],
    ['numeric range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, { a: 0 }],
    ['suffix', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, { a: 'bca' }],
    ['text without case', { a: [{ 'equals-ignore-case': 'ab' }] }, { a: 'Ab' }, { a: 'b' }],
    ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, { a: 'y' }],
    ['alternatives of different kinds', { a: ['x', { prefix: 'y' }] }, { a: 'yes' }, { a: 'no' }],
  ])('matches %s', (_rule, pattern, fitting, unfitting) => {
    expect(passes(pattern, fitting)).toBe(true);
    expect(passes(pattern, unfitting)).toBe(false);
  });

  test.each([
    ['{', 'Event pattern is not valid'],
    ['[]', '"pattern" must be an object'],
    ['{"a":"x"}', '"pattern.a" must be an object or, for a field, an array'],
    ['{"a":[{"wildcard":"x*"}]}', 'an event source mapping does not know wildcard with "x*"'],
    ['{"a":[{"cidr":"10.0.0.0/24"}]}', 'does not know cidr'],
    ['{"a":[{"prefix":"x","exists":true}]}', 'Only one key allowed'],
    ['{"a":[{"anything-but":{"prefix":"x"}}]}', 'does not know anything-but with {"prefix":"x"}'],
    ['{"a":[{"prefix":1}]}', 'prefix cannot have 1'],
    ['{"a":[{"numeric":[]}]}', 'numeric cannot have []'],
    ['{"dynamodb":{"NewImage":{"n":{"N":[{"numeric":[">",1]}]}}}}', 'a DynamoDB number is a string'],
  ])('refuses %s', (pattern, message) => {
    expect(() => parseEventFilter(pattern)).toThrow(message);
  });
});

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html */
describe('a filter of a queue', () => {
  const passes = (body: unknown, text: string) => parseMessageFilter(JSON.stringify({ body }))({ body: text });

  test.each([
    ['text with values', ['go', 'stop'], 'go', true],
    ['other text with values', ['go'], 'went', false],
    ['text with a prefix', [{ prefix: 'g' }], 'go', true],
    ['text with fields', { a: ['x'] }, 'go', false],
    ['text with the absence of a field', { a: [{ exists: false }] }, 'go', false],
    ['JSON with fields', { a: ['x'] }, '{"a":"x"}', true],
    ['other JSON with fields', { a: ['x'] }, '{"a":"y"}', false],
    ['JSON with the absence of a field', { a: [{ exists: false }] }, '{"b":1}', true],
    ['JSON with a number of a range', { N: [{ numeric: ['>', 9999] }] }, '{"N":10000}', true],
    ['JSON with values', ['{}'], '{}', false],
    ['JSON with anything but a value', [{ 'anything-but': 'x' }], '{"a":1}', false],
  ])('compares %s', (_case, pattern, text, expected) => {
    expect(passes(pattern, text)).toBe(expected);
  });

  test('is refused for anything but the body', () => {
    const pattern = JSON.stringify({ body: ['x'], messageId: ['y'] });

    expect(() => parseMessageFilter(pattern)).toThrow('filtered by its body only, got messageId');
  });
});
