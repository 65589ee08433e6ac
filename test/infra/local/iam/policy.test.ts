import { parsePolicy } from '../../../../infra/local/iam/policy';

const ALLOW = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const SERVICE = { Service: 'events.amazonaws.com' };

const parse = (statement: unknown, kind: 'identity' | 'resource' | 'trust' = 'identity') =>
  parsePolicy({ Version: '2012-10-17', Statement: statement }, { kind, holder: 'shop/Role', place: 'shop/Policy' });

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
describe('a policy document', () => {
  it('has one statement or a list of them, each with its place', () => {
    expect(parse(ALLOW).map(({ place }) => place)).toEqual(['shop/Policy, statement 1']);
    expect(parse([ALLOW, { ...ALLOW, Sid: 'Send' }]).map(({ place }) => place)).toEqual([
      'shop/Policy, statement 1',
      'shop/Policy, statement Send',
    ]);
  });

  it('of a role says who may assume it, without a resource', () => {
    const [statement] = parse({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: SERVICE }, 'trust');

    expect(statement).toMatchObject({ principals: [{ kind: 'service', id: 'events.amazonaws.com' }] });
  });

  it.each<[string, unknown, string]>([
    ['another effect', { ...ALLOW, Effect: 'allow' }, 'Effect must be Allow or Deny, got allow'],
    ['no action', { Effect: 'Allow', Resource: '*' }, 'one of Action and NotAction'],
    ['both kinds of action', { ...ALLOW, NotAction: 'sqs:*' }, 'one of Action and NotAction'],
    ['no resource', { Effect: 'Allow', Action: 'sqs:*' }, 'one of Resource and NotResource'],
    ['an empty list', { ...ALLOW, Action: [] }, 'Action must be a string or a list of strings'],
    ['an unresolved resource', { ...ALLOW, Resource: { Ref: 'Queue' } }, 'Resource must be a string'],
    ['a member that IAM does not know', { ...ALLOW, Conditions: {} }, 'member Conditions is not supported'],
    ['a policy variable', { ...ALLOW, Resource: `arn:aws:sqs:::\${aws:username}` }, 'policy variables'],
    ['a principal', { ...ALLOW, Principal: '*' }, 'Principal belongs into the policy of a resource'],
    [
      'an unknown operator',
      { ...ALLOW, Condition: { IpAddress: {}, DateEquals: { 'aws:SourceArn': 'x' } } },
      'DateEquals',
    ],
    ['text', 'Allow', 'must be an object'],
  ])('of a role is refused for %s', (_, statement, message) => {
    expect(() => parse([ALLOW, statement])).toThrow(message);
    expect(() => parse([ALLOW, statement])).toThrow(/^shop\/Policy, statement 2: /);
  });

  it.each<[string, unknown, string]>([
    ['no principal', ALLOW, 'Principal belongs into the policy of a resource'],
    [
      'another account',
      { ...ALLOW, Principal: { AWS: '123456789012' } },
      'Principal AWS 123456789012 is not supported',
    ],
    ['a federation', { ...ALLOW, Principal: { Federated: 'x' } }, 'Principal Federated x is not supported'],
    ['NotPrincipal', { ...ALLOW, Principal: '*', NotPrincipal: '*' }, 'member NotPrincipal is not supported'],
  ])('of a resource is refused for %s', (_, statement, message) => {
    expect(() => parse(statement, 'resource')).toThrow(message);
  });

  it('is refused without its version, and with members that IAM does not know', () => {
    const origin = { kind: 'identity', holder: 'shop/Role', place: 'shop/Policy' } as const;

    expect(() => parsePolicy({ Statement: ALLOW }, origin)).toThrow('shop/Policy: Version must be 2012-10-17');
    expect(() => parsePolicy({ Version: '2012-10-17', Rules: [] }, origin)).toThrow('member Rules is not supported');
    expect(() => parsePolicy(undefined, origin)).toThrow('shop/Policy: Version must be 2012-10-17, got undefined');
  });
});
