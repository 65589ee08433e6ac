import { evaluate, type Principal } from '../../../../infra/local/iam/evaluate';
import { grantsOf } from '../../../../infra/local/iam/grants';
import { parsePolicy, type Statement } from '../../../../infra/local/iam/policy';

const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::111122223333:role/carlos', sessionName: 's' };
const other: Principal = { ...role, roleArn: 'arn:aws:iam::111122223333:role/other' };
const LOGS = 'arn:aws:s3:::carlos-logs';

function identity(...statements: object[]): Statement[] {
  const document = { Version: '2012-10-17', Statement: statements };
  return parsePolicy(document, { kind: 'identity', holder: 'a/Role', place: 'a/Policy' });
}

function ofResource(...statements: object[]): Statement[] {
  const document = { Version: '2012-10-17', Statement: statements };
  return parsePolicy(document, { kind: 'resource', holder: 'a/BucketPolicy', place: 'a/BucketPolicy' });
}

/** The example of AWS: a user and a bucket, with both policies as they stand on the page. */
const carlos = identity(
  {
    Sid: 'AllowS3ListRead',
    Effect: 'Allow',
    Action: ['s3:GetBucketLocation', 's3:ListAllMyBuckets'],
    Resource: 'arn:aws:s3:::*',
  },
  { Sid: 'AllowS3Self', Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::carlos/*', 'arn:aws:s3:::carlos'] },
  { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
);
const bucket = ofResource({
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:role/carlos' },
  Action: 's3:*',
  Resource: ['arn:aws:s3:::carlos-logs/*', LOGS, 'arn:aws:s3:::shared'],
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html */
describe('the evaluation within an account', () => {
  it.each<[string, Principal, Statement[], string, string, string, string | undefined]>([
    ['allows by the role', role, carlos, 's3:PutObject', 'arn:aws:s3:::carlos/a', 'allowed', 'AllowS3Self'],
    ['denies silently', role, carlos, 's3:PutObject', 'arn:aws:s3:::shared', 'implicit-deny', undefined],
    ['denies by a statement', role, carlos, 's3:GetBucketLocation', LOGS, 'explicit-deny', 'DenyS3Logs'],
    ['allows by the resource alone', role, bucket, 's3:GetObject', 'arn:aws:s3:::shared', 'allowed', '1'],
    ['lets a deny of the role win', role, [...carlos, ...bucket], 's3:GetObject', LOGS, 'explicit-deny', 'DenyS3Logs'],
    [
      'lets a deny win that comes later',
      role,
      [...bucket, ...carlos],
      's3:GetObject',
      LOGS,
      'explicit-deny',
      'DenyS3Logs',
    ],
    ['denies whom the resource does not name', other, bucket, 's3:GetObject', LOGS, 'implicit-deny', undefined],
    ['denies without any policy', role, [], 's3:GetObject', LOGS, 'implicit-deny', undefined],
  ])('%s', (_, principal, statements, action, resource, expected, statement) => {
    const { decision, by } = evaluate(statements, { principal, action, resource });

    expect(decision).toBe(expected);
    expect(by?.place.split('statement ')[1]).toBe(statement);
  });

  it('takes NotAction and NotResource as everything else', () => {
    const statements = identity({ Effect: 'Allow', NotAction: 's3:Delete*', NotResource: [LOGS, `${LOGS}/*`] });
    const decide = (action: string, resource: string) =>
      evaluate(statements, { principal: role, action, resource }).decision;

    expect(decide('s3:GetObject', 'arn:aws:s3:::shared')).toBe('allowed');
    expect(decide('s3:DeleteObject', 'arn:aws:s3:::shared')).toBe('implicit-deny');
    expect(decide('s3:GetObject', `${LOGS}/a`)).toBe('implicit-deny');
  });

  it('admits a service by the policy of the resource, for the source that a condition names', () => {
    const statements = ofResource({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
      Condition: {
        ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:1:rule/a' },
        StringEquals: { 'aws:SourceAccount': '1' },
      },
    });
    const ask = (service: string, sourceArn: string, sourceAccount = '1') => {
      const principal: Principal = { kind: 'service', service, sourceArn, sourceAccount };
      return evaluate(statements, { principal, action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:1:q' });
    };

    expect(ask('events', 'arn:aws:events:us-east-1:1:rule/a').decision).toBe('allowed');
    expect(ask('events', 'arn:aws:events:us-east-1:1:rule/b').decision).toBe('implicit-deny');
    expect(ask('events', 'arn:aws:events:us-east-1:1:rule/a', '2').decision).toBe('implicit-deny');
    expect(ask('scheduler', 'arn:aws:events:us-east-1:1:rule/a').decision).toBe('implicit-deny');
  });

  it('counts requests as encrypted', () => {
    const everybody = { Principal: { AWS: '*' }, Action: 'sqs:SendMessage', Resource: '*' };
    const isSecure = (value: string) => ({ Condition: { Bool: { 'aws:SecureTransport': value } } });
    const statements = ofResource(
      { ...everybody, ...isSecure('false'), Effect: 'Deny' },
      { ...everybody, ...isSecure('true'), Effect: 'Allow' },
    );

    const { decision } = evaluate(statements, {
      principal: { kind: 'anonymous' },
      action: 'sqs:SendMessage',
      resource: 'arn:aws:sqs:us-east-1:1:q',
    });

    expect(decision).toBe('allowed');
  });
});

describe('the grants of a statement', () => {
  it('are one for each action on each resource, and those that matched for a request', () => {
    const statements = identity({
      Effect: 'Allow',
      Action: ['sqs:Send*', 'sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: ['arn:aws:sqs:us-east-1:1:a', 'arn:aws:sqs:us-east-1:1:*'],
    });

    const { grants } = evaluate(statements, {
      principal: role,
      action: 'sqs:SendMessage',
      resource: 'arn:aws:sqs:us-east-1:1:b',
    });

    expect(statements.flatMap((statement) => grantsOf(statement))).toHaveLength(6);
    expect(grants).toEqual([
      { role: 'a/Role', action: 'sqs:Send*', resource: 'arn:aws:sqs:us-east-1:1:*' },
      { role: 'a/Role', action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:1:*' },
    ]);
  });

  it('are none for a deny, and for a denied request', () => {
    expect(grantsOf(carlos[2] as Statement)).toEqual([]);
    expect(
      evaluate([...carlos, ...bucket], { principal: role, action: 's3:GetObject', resource: LOGS }).grants,
    ).toEqual([]);
  });
});
