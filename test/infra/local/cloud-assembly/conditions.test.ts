import { evaluateCondition } from '../../../../infra/local/cloud-assembly/conditions';
import type { Scope } from '../../../../infra/local/cloud-assembly/intrinsics';

const unused = () => {
  throw new Error('not asked for');
};
const scope: Scope = {
  ref: (name) => name,
  condition: (name) => name === 'True',
  getAtt: unused,
  importValue: unused,
  findInMap: unused,
};
const [yes, no] = [{ Condition: 'True' }, { Condition: 'False' }];

describe('a condition', () => {
  it.each([
    [yes, true],
    [no, false],
    [{ 'Fn::Equals': [{ Ref: 'dev' }, 'dev'] }, true],
    [{ 'Fn::Equals': [1, '1'] }, true],
    [{ 'Fn::Equals': ['dev', 'prod'] }, false],
    [{ 'Fn::Not': [no] }, true],
    [{ 'Fn::And': [yes, no] }, false],
    [{ 'Fn::And': [yes, { 'Fn::Not': [no] }] }, true],
    [{ 'Fn::Or': [no, no, yes] }, true],
    [{ 'Fn::Or': [no, no] }, false],
  ])('%j is %s', (condition, expected) => {
    expect(evaluateCondition(condition, scope)).toBe(expected);
  });

  it.each([['True'], [{ 'Fn::Contains': ['a', 'b'] }], [{ Condition: 'True', 'Fn::Not': [no] }]])(
    'refuses %j',
    (condition) => {
      expect(() => evaluateCondition(condition, scope)).toThrow(`${JSON.stringify(condition)} is not a condition`);
    },
  );
});
