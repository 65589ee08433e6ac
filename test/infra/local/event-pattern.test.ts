import { parseEventPattern } from '../../../infra/local/event-pattern';

const passes = (pattern: unknown, event: unknown) => parseEventPattern(JSON.stringify(pattern))(event);

/** Both values are there, but not in the same member. */
const crossed = {
  a: [
    { b: 'x', c: 'z' },
    { b: 'w', c: 'y' },
  ],
};

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
describe('an event pattern', () => {
  it.each([
    ['one of the values', { a: ['x', 'y'] }, { a: 'y' }, { a: 'z' }],
    ['text by case', { a: ['x'] }, { a: 'x' }, { a: 'X' }],
    ['names by case', { A: ['x'] }, { A: 'x' }, { a: 'x' }],
    ['numbers by value', { a: [300] }, { a: 3.0e2 }, { a: '300' }],
    ['null', { a: [null] }, { a: null }, { a: 'null' }],
    ['null, but not absence', { a: [null] }, { a: null }, {}],
    ['booleans', { a: [false] }, { a: false }, { a: true }],
    ['empty text', { a: [''] }, { a: '' }, { a: null }],
    ['every field', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y', c: 1 }, { a: 'x' }],
    ['nested fields', { a: { b: ['x'] } }, { a: { b: 'x' } }, { a: 'x' }],
    ['nothing inside of text', { a: { b: ['x'] } }, { a: { b: 'x' } }, { a: '{"b":"x"}' }],
    ['names with dots as paths', { 'a.b': ['x'] }, { a: { b: 'x' } }, { a: { c: 'x' } }],
    ['a member of a list', { a: ['x'] }, { a: ['w', 'x'] }, { a: ['w'] }],
    ['no empty list', { a: [null] }, { a: [null] }, { a: [] }],
    ['a member of a list in a list', { a: ['x'] }, { a: [['w'], ['x']] }, { a: [['w']] }],
    ['objects in a list', { a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] }, { a: [{ b: 'w' }] }],
    ['fields of one object in a list', pair('x', 'y'), { a: [{ b: 'x', c: 'y' }] }, crossed],
    ['fields of different lists', { a: { b: ['x'] }, d: ['y'] }, { a: [{ b: 'x' }], d: ['y'] }, { a: [], d: ['y'] }],
    ['prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, { a: 'ba' }],
    ['prefix of text only', { a: [{ prefix: '1' }] }, { a: '12' }, { a: 12 }],
    ['prefix without case', { a: [{ prefix: { 'equals-ignore-case': 'EvEnT' } }] }, { a: 'eventb' }, { a: 'even' }],
    ['suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, { a: 'x.PNG' }],
    ['suffix without case', { a: [{ suffix: { 'equals-ignore-case': '.png' } }] }, { a: 'x.PNG' }, { a: 'x.jpg' }],
    ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'Alice' }] }, { a: 'aLICE' }, { a: 'Bob' }],
    ['anything-but one', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, { a: 'x' }],
    ['anything-but, but not absence', { a: [{ 'anything-but': 'x' }] }, { a: null }, {}],
    ['anything-but, but no object', { a: [{ 'anything-but': 'x' }] }, { a: 1 }, { a: { b: 'y' } }],
    ['anything-but texts', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, { a: 'y' }],
    ['anything-but numbers', { a: [{ 'anything-but': [100, 200] }] }, { a: '100' }, { a: 100 }],
    ['anything-but prefix', { a: [{ 'anything-but': { prefix: 'init' } }] }, { a: 12 }, { a: 'initial' }],
    ['anything-but prefixes', { a: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, { a: 'c' }, { a: 'bc' }],
    ['anything-but suffix', { a: [{ 'anything-but': { suffix: '.txt' } }] }, { a: 'x.txt.bak' }, { a: 'x.txt' }],
    ['anything-but without case', { a: [{ 'anything-but': { 'equals-ignore-case': ['x'] } }] }, { a: 'y' }, { a: 'X' }],
    ['anything-but wildcard', { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { a: 'lib/x' }, { a: 'a/lib/x' }],
    ['numeric equality', { a: [{ numeric: ['=', 301.8] }] }, { a: 301.8 }, { a: '301.8' }],
    ['numeric below', { a: [{ numeric: ['<', 10] }] }, { a: 9.99 }, { a: 10 }],
    ['numeric at most', { a: [{ numeric: ['<=', 10] }] }, { a: 10 }, { a: 10.01 }],
    ['numeric above', { a: [{ numeric: ['>', -1] }] }, { a: 0 }, { a: -1 }],
    ['numeric range', { a: [{ numeric: ['>=', 0, '<', 5] }] }, { a: 0 }, { a: 5 }],
    ['numeric within its limits', { a: [{ numeric: ['>', 0] }] }, { a: 5e9 }, { a: 5e9 + 1 }],
    ['cidr', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, { a: '10.0.1.0' }],
    ['cidr of addresses only', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.1' }, { a: '10.0.0.256' }],
    ['cidr of version 6', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:0db8:1::1' }, { a: '2001:db9::1' }],
    ['exists true', { a: [{ exists: true }] }, { a: null }, {}],
    ['exists true of values only', { a: [{ exists: true }] }, { a: 0 }, { a: { b: 1 } }],
    ['exists true of no empty list', { a: [{ exists: true }] }, { a: [0] }, { a: [] }],
    ['exists false', { a: { b: [{ exists: false }] } }, { a: { c: 1 } }, { a: { b: 1 } }],
    ['exists false in what is absent', { a: { b: [{ exists: false }] } }, {}, { a: { b: null } }],
    ['exists false in no member', { a: { b: [{ exists: false }] } }, { a: [{}] }, { a: [{}, { b: 1 }] }],
    ['exists false or a value', { a: ['x', { exists: false }] }, {}, { a: 'y' }],
    ['wildcard', { a: [{ wildcard: 'dir/*.png' }] }, { a: 'dir/.png' }, { a: 'dir/x.png.bak' }],
    ['wildcards in their order', { a: [{ wildcard: '*a*b*' }] }, { a: 'xaxbx' }, { a: 'xbxax' }],
    ['wildcards without overlap', { a: [{ wildcard: 'ab*ba' }] }, { a: 'abba' }, { a: 'aba' }],
    ['a star that is escaped', { a: [{ wildcard: 'a\\*\\\\*' }] }, { a: 'a*\\b' }, { a: 'ax\\b' }],
    ['alternatives of different kinds', { a: ['x', { prefix: 'y' }] }, { a: 'yes' }, { a: 'no' }],
    ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, { a: 'y', b: 'x' }],
    ['$or with other fields', { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y', c: 'z' }, { b: 'y' }],
    ['nested $or', { d: { $or: [{ a: ['x'] }, { $or: [{ b: [1] }, { b: [2] }] }] } }, { d: { b: 2 } }, { d: { b: 3 } }],
  ])('matches %s', (_rule, pattern, fitting, unfitting) => {
    expect(passes(pattern, fitting)).toBe(true);
    expect(passes(pattern, unfitting)).toBe(false);
  });

  it.each([
    ['{', /Reason: .*JSON/],
    ['["a"]', '"pattern" must be an object or, for a field, an array'],
    ['{}', 'Empty objects are not allowed'],
    ['{"a":[]}', 'Empty arrays are not allowed'],
    ['{"a":"x"}', '"pattern.a" must be an object or, for a field, an array'],
    ['{"a":[["x"]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a":[{}]}', 'Unrecognized match type '],
    ['{"a":[{"EXISTS":true}]}', 'Unrecognized match type EXISTS'],
    ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression'],
    ['{"a":[{"prefix":1}]}', 'prefix cannot have 1'],
    ['{"a":[{"suffix":{"prefix":"x"}}]}', 'suffix cannot have {"prefix":"x"}'],
    ['{"a":[{"equals-ignore-case":["x"]}]}', 'equals-ignore-case cannot have ["x"]'],
    ['{"a":[{"exists":"yes"}]}', 'exists cannot have "yes"'],
    ['{"a":[{"anything-but":null}]}', 'anything-but cannot have null'],
    ['{"a":[{"anything-but":["x",null]}]}', 'anything-but cannot have ["x",null]'],
    ['{"a":[{"anything-but":["x",1]}]}', 'anything-but cannot have ["x",1]'],
    ['{"a":[{"anything-but":[]}]}', 'anything-but cannot have []'],
    ['{"a":[{"anything-but":{"prefix":1}}]}', 'prefix cannot have 1'],
    ['{"a":[{"anything-but":{"wildcard":[1]}}]}', 'wildcard cannot have 1'],
    ['{"a":[{"anything-but":{"numeric":[]}}]}', 'anything-but cannot have {"numeric":[]}'],
    ['{"a":[{"numeric":10}]}', 'numeric cannot have 10'],
    ['{"a":[{"numeric":[5]}]}', 'numeric cannot have [5]'],
    ['{"a":[{"numeric":["!",1]}]}', 'numeric cannot have ["!",1]'],
    ['{"a":[{"numeric":["<"]}]}', 'numeric cannot have ["<"]'],
    ['{"a":[{"numeric":["=","1"]}]}', 'numeric cannot have ["=","1"]'],
    ['{"a":[{"numeric":[">",0,">",0]}]}', 'numeric cannot have [">",0,">",0]'],
    ['{"a":[{"numeric":["<",5,">",0]}]}', 'numeric cannot have ["<",5,">",0]'],
    ['{"a":[{"numeric":[">",5,"<",1]}]}', 'numeric cannot have [">",5,"<",1]'],
    ['{"a":[{"numeric":[">",5000000001]}]}', 'numeric cannot have [">",5000000001]'],
    ['{"a":[{"cidr":"10.0.0.0"}]}', 'cidr cannot have "10.0.0.0"'],
    ['{"a":[{"cidr":"10.0.0.0/x"}]}', 'cidr cannot have "10.0.0.0/x"'],
    ['{"a":[{"cidr":"10.0.0.0/32"}]}', 'cidr cannot have "10.0.0.0/32"'],
    ['{"a":[{"cidr":"::/128"}]}', 'cidr cannot have "::/128"'],
    ['{"a":[{"cidr":"host/8"}]}', 'cidr cannot have "host/8"'],
    ['{"a":[{"wildcard":"ab**"}]}', 'wildcard cannot have "ab**"'],
    ['{"a":[{"wildcard":"a\\\\x"}]}', 'wildcard cannot have "a\\\\x"'],
    ['{"$or":{"a":["x"]}}', '$or must be an array of at least 2 objects'],
    ['{"$or":[{"a":["x"]}]}', '$or must be an array of at least 2 objects'],
    ['{"$or":[{"a":["x"]},"b"]}', '"pattern" must be an object'],
  ])('refuses %s', (pattern, reason) => {
    const parse = () => parseEventPattern(pattern);

    expect(parse).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException' }));
    expect(parse).toThrow(reason);
  });

  it('refuses what a service does not know, by operator, operand and field', () => {
    const refuse = (operator: string, operand: unknown, path: readonly string[]) =>
      operator === 'wildcard' ? `no ${operator} ${operand} of ${path.join('.')}` : undefined;

    expect(() => parseEventPattern('{"a":{"b":[{"wildcard":"x*"}]}}', refuse)).toThrow('no wildcard x* of a.b');
    expect(parseEventPattern('{"a":[{"prefix":"x"}]}', refuse)({ a: 'xy' })).toBe(true);
  });

  it.each([['text'], [null], [[{ a: 'x' }]]])('passes no event that is %j', (event) => {
    expect(passes({ a: [{ exists: false }] }, event)).toBe(false);
  });
});

function pair(b: string, c: string) {
  return { a: { b: [b], c: [c] } };
}
