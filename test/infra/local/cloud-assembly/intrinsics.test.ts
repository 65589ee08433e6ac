import fc from 'fast-check';
import { noValue, resolveValue, type Scope } from '../../../../infra/local/cloud-assembly/intrinsics';
import { variable } from './assembly-builder';

const scope: Scope = {
  ref: (name) => ({ List: ['a', 'b'], None: noValue })[name] ?? `<${name}>`,
  getAtt: (logicalId, attribute) => `<${logicalId}|${attribute}>`,
  importValue: (name) => `import:${name}`,
  condition: (name) => name === 'Yes',
  findInMap: (...keys) => keys.join('/'),
};

describe('an intrinsic function', () => {
  it.each([
    ['Ref', { Ref: 'Queue' }, '<Queue>'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, '<Queue|Arn>'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Db.Endpoint.Port' }, '<Db|Endpoint.Port>'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, 1]] }, 'a-<B>-1'],
    ['Join of a list that is referred to', { 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
    ['Join without what is NoValue', { 'Fn::Join': [',', ['a', { Ref: 'None' }]] }, 'a'],
    ['Sub of references', { 'Fn::Sub': `${variable('A')}/${variable('B.Arn')}` }, '<A>/<B|Arn>'],
    ['Sub of variables', { 'Fn::Sub': [variable('x'), { x: { Ref: 'A' } }] }, '<A>'],
    ['Sub of an escaped placeholder', { 'Fn::Sub': variable('!Literal') }, variable('Literal')],
    ['Select', { 'Fn::Select': ['1', ['a', { Ref: 'B' }]] }, '<B>'],
    ['Select of what is split', { 'Fn::Select': [5, { 'Fn::Split': [':', 'arn:aws:sqs:eu:1:name'] }] }, 'name'],
    ['If that holds', { 'Fn::If': ['Yes', 'a', { 'Fn::Unheard': '' }] }, 'a'],
    ['If that does not', { 'Fn::If': ['No', { 'Fn::Unheard': '' }, 'b'] }, 'b'],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'x' } }, 'import:x'],
    ['FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'A' }, 'Key'] }, 'Map/<A>/Key'],
    ['Base64', { 'Fn::Base64': { 'Fn::Join': ['', ['ä', 'b']] } }, 'w6Ri'],
    ['an object with a NoValue', { a: { Ref: 'None' }, b: [{ Ref: 'None' }] }, { b: [] }],
    ['Ref beside other members, which is data', { Ref: 'x', other: 1 }, { Ref: 'x', other: 1 }],
  ])('gives the value of %s', (_, value, expected) => {
    expect(resolveValue(value, scope)).toEqual(expected);
  });

  it.each([
    [{ 'Fn::GetAZs': '' }, 'Fn::GetAZs is not understood; the local cloud knows Ref, Fn::GetAtt'],
    [{ 'Fn::Join': ['', []], more: 1 }, 'Fn::Join stands beside other members: Fn::Join,more'],
    [{ 'Fn::Join': ['', 'text'] }, 'Fn::Join has an argument it cannot take: "text"'],
    [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join needs text, got {"a":1}'],
    [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select needs an index from 0 to 1, got 2'],
    [{ 'Fn::If': ['Yes', 'a'] }, 'Fn::If has an argument it cannot take: ["Yes","a"]'],
    [{ 'Fn::GetAtt': 'NoDot' }, 'Fn::GetAtt has an argument it cannot take: "NoDot"'],
    [{ 'Fn::Sub': [1, {}] }, 'Fn::Sub has an argument it cannot take: [1,{}]'],
    [{ 'Fn::Sub': variable('None') }, 'Fn::Sub needs text, got AWS::NoValue'],
    [{ 'Fn::FindInMap': ['Map', 'Key'] }, 'Fn::FindInMap has an argument it cannot take: ["Map","Key"]'],
    [{ Ref: { Ref: 'A' } }, 'Ref needs a literal name, got {"Ref":"A"}'],
  ])('refuses %j', (value, message) => {
    expect(() => resolveValue(value, scope)).toThrow(message);
  });

  it('leaves any document without intrinsic functions as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!/"(Fn::[^"]*|Ref|__proto__)"/.test(JSON.stringify(value)));
        expect(resolveValue(value, scope)).toEqual(value);
      }),
    );
  });

  it('joins again what it has split', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, delimiter) => {
        const split = { 'Fn::Split': [delimiter, text] };
        expect(resolveValue({ 'Fn::Join': [delimiter, split] }, scope)).toBe(text);
      }),
    );
  });
});
