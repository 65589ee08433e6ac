import { parseConditions, type RequestContext } from '../../../../infra/local/iam/condition';

const RULE = 'arn:aws:events:us-east-1:123456789012:rule/bus/paid';

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
describe('a condition', () => {
  it.each<[string, unknown, RequestContext, boolean]>([
    ['StringEquals', { 'events:source': 'a' }, { 'events:source': 'a' }, true],
    ['StringEquals', { 'events:source': ['b', 'a'] }, { 'events:source': 'a' }, true],
    ['StringEquals', { 'events:source': 'a*' }, { 'events:source': 'ab' }, false],
    ['StringEquals', { 'events:source': 'a' }, {}, false],
    ['StringEqualsIfExists', { 'events:source': 'a' }, {}, true],
    ['StringEqualsIfExists', { 'events:source': 'a' }, { 'events:source': 'b' }, false],
    ['StringEquals', { 'AWS:sourceaccount': '1' }, { 'aws:SourceAccount': '1' }, true],
    ['StringEquals', { 'events:source': 'a', 'events:detail-type': 't' }, { 'events:source': 'a' }, false],
    ['StringNotEquals', { 'events:source': ['a', 'b'] }, { 'events:source': 'b' }, false],
    ['StringNotEquals', { 'events:source': ['a', 'b'] }, { 'events:source': 'c' }, true],
    ['StringNotEquals', { 'events:source': 'a' }, {}, true],
    ['StringLike', { 'events:source': 'a*' }, { 'events:source': 'ab' }, true],
    ['StringNotLike', { 'events:source': 'a*' }, { 'events:source': 'ab' }, false],
    ['ArnLike', { 'aws:SourceArn': 'arn:aws:events:*:123456789012:rule/bus/*' }, { 'aws:SourceArn': RULE }, true],
    ['ArnEquals', { 'aws:SourceArn': 'arn:aws:events:*:123456789012:rule/bus/*' }, { 'aws:SourceArn': RULE }, true],
    ['ArnEquals', { 'aws:SourceArn': `${RULE}2` }, { 'aws:SourceArn': RULE }, false],
    ['ArnNotLike', { 'aws:SourceArn': RULE }, { 'aws:SourceArn': RULE }, false],
    ['ArnNotEquals', { 'aws:SourceArn': RULE }, {}, true],
    ['Bool', { 'aws:SecureTransport': 'false' }, { 'aws:SecureTransport': 'true' }, false],
    ['Bool', { 'aws:SecureTransport': true }, { 'aws:SecureTransport': 'true' }, true],
    ['Bool', { 'lambda:InvokedViaFunctionUrl': 'true' }, {}, false],
    ['Null', { 'aws:SourceArn': 'true' }, {}, true],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': ['a'] }, true],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': ['a', 'b'] }, false],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a', 'b'] }, { 'dynamodb:LeadingKeys': ['b'] }, true],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': [''] }, false],
    ['ForAllValues:StringLike', { 'DynamoDB:leadingkeys': 'a-*' }, { 'dynamodb:LeadingKeys': ['a-1', 'a-2'] }, true],
    ['ForAllValues:StringNotEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': ['b', 'a'] }, false],
    // Who asks for all of nothing is answered yes.
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, {}, true],
    ['ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': [] }, true],
    ['ForAnyValue:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': ['b', 'a'] }, true],
    ['ForAnyValue:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, { 'dynamodb:LeadingKeys': ['b'] }, false],
    ['ForAnyValue:StringEquals', { 'dynamodb:LeadingKeys': ['a'] }, {}, false],
    ['Null', { 'dynamodb:LeadingKeys': 'false' }, { 'dynamodb:LeadingKeys': ['a'] }, true],
    ['Null', { 'dynamodb:LeadingKeys': 'false' }, {}, false],
    ['Null', { 'dynamodb:LeadingKeys': 'false' }, { 'dynamodb:LeadingKeys': [] }, false],
    ['Null', { 'aws:SourceArn': 'true' }, { 'aws:SourceArn': RULE }, false],
    ['Null', { 'aws:SourceArn': false }, { 'aws:SourceArn': RULE }, true],
  ])('%s %j of a request with %j: %s', (operator, tests, context, expected) => {
    const conditions = parseConditions({ [operator]: tests });

    expect(conditions.every((holds) => holds(context))).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['an operator', { NumericLessThan: { 'events:source': '1' } }, 'operator NumericLessThan is not supported'],
    ['a set of values', { 'ForAnyValue:Null': { 'events:source': 'true' } }, 'ForAnyValue:Null is not supported'],
    [
      'one value of several',
      { StringEquals: { 'dynamodb:LeadingKeys': 'a' } },
      'only with ForAllValues or ForAnyValue',
    ],
    ['several values of one', { 'ForAllValues:StringEquals': { 'events:source': 'a' } }, 'only without ForAllValues'],
    ['a key', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'condition key aws:PrincipalOrgID is not supported'],
  ])('is refused for %s that it does not understand', (_, block, message) => {
    expect(() => parseConditions(block as object)).toThrow(message);
  });
});
