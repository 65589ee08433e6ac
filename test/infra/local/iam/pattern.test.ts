import {
  type Pattern,
  toActionPattern,
  toArnPattern,
  toResourcePattern,
  toTextPattern,
} from '../../../../infra/local/iam/pattern';

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:jobs';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:saga:one';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
describe('a pattern of actions', () => {
  it.each([
    ['sqs:SendMessage', 'sqs:SendMessage', true],
    ['SQS:sendmessage'.toLowerCase(), 'sqs:SendMessage', true],
    ['sqs:Send*', 'sqs:SendMessage', true],
    ['sqs:*', 'sqs:SendMessage', true],
    ['*', 'sqs:SendMessage', true],
    ['sqs:???dMessage', 'sqs:SendMessage', true],
    ['sqs:??dMessage', 'sqs:SendMessage', false],
    ['sqs:Send', 'sqs:SendMessage', false],
    ['*:SendMessage', 'sqs:SendMessage', 'refused'],
    ['SendMessage', 'sqs:SendMessage', 'refused'],
  ])('%s against %s: %s', (text, action, expected) => {
    expect(outcome(() => toActionPattern(text), action)).toBe(expected);
  });
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
describe('a pattern of resources', () => {
  it.each([
    [QUEUE, QUEUE, true],
    ['*', QUEUE, true],
    [QUEUE, `${QUEUE}2`, false],
    [QUEUE.toUpperCase().replace(/^ARN:AWS:SQS/, 'arn:aws:sqs'), QUEUE, false],
    ['arn:aws:sqs:us-east-1:123456789012:j?bs', QUEUE, true],
    ['arn:aws:sqs:us-east-?:123456789012:jobs', QUEUE, true],
    ['arn:aws:sqs:*:*:jobs', QUEUE, true],
    ['arn:aws:sqs:us-east-1:123456789012:*s', QUEUE, true],
    // Only at the end of its segment does a wildcard go on across colons.
    ['arn:aws:states:us-east-1:123456789012:execution:*', EXECUTION, true],
    ['arn:aws:states:us-east-1:123456789012:*:one', EXECUTION, true],
    ['arn:aws:states:us-east-1:123456789012:e*e', EXECUTION, false],
    ['arn:aws:states:us-east-1:123456789012:execution:*a', EXECUTION, false],
    ['arn:aws:states:us-east-1:123456789012:execution?saga:one', EXECUTION, false],
    // Everything but the two wildcards stands for itself.
    ['arn:aws:sqs:us-east-1:123456789012:jo.*', QUEUE, false],
    ['arn:aws:s*:us-east-1:123456789012:jobs', QUEUE, 'refused'],
    ['arn:aws:sqs', QUEUE, 'refused'],
    ['jobs', QUEUE, 'refused'],
  ])('%s against %s: %s', (text, arn, expected) => {
    expect(outcome(() => toResourcePattern(text), arn)).toBe(expected);
  });
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN */
describe('a pattern for ArnLike', () => {
  it.each([
    ['arn:aws:states:*:123456789012:stateMachine:*', 'arn:aws:states:us-east-1:123456789012:stateMachine:a', true],
    [
      'arn:aws:execute-api:us-east-1:1:abc/*/GET/orders/*',
      'arn:aws:execute-api:us-east-1:1:abc/dev/GET/orders/7',
      true,
    ],
    ['arn:aws:execute-api:us-east-1:1:abc/*/GET/orders', 'arn:aws:execute-api:us-east-1:1:abc/dev/GET/orders/7', false],
    ['arn:aws:*:1:stateMachine:a:b', 'arn:aws:states:us-east-1:1:stateMachine:a:b', false],
    ['arn:aws:events:us-east-1', 'arn:aws:events:us-east-1:1:rule/a', 'refused'],
  ])('%s against %s: %s', (text, arn, expected) => {
    expect(outcome(() => toArnPattern(text), arn)).toBe(expected);
  });
});

describe('a pattern for StringLike', () => {
  it.each([
    ['order.*', 'order.placed', true],
    ['*:a', 'b:c:a', true],
    ['a?c', 'ac', false],
    ['a.c', 'abc', false],
    ['A*', 'abc', false],
  ])('%s against %s: %s', (text, value, expected) => {
    expect(outcome(() => toTextPattern(text), value)).toBe(expected);
  });
});

function outcome(make: () => Pattern, value: string): boolean | 'refused' {
  try {
    return make().matches(value);
  } catch {
    return 'refused';
  }
}
