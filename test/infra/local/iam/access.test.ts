import { AwsError } from '../../../../infra/local/aws-error';
import {
  type Access,
  type AccessRequest,
  type Denial,
  openAccess,
  type PolicyDefinition,
  type RolePrincipal,
} from '../../../../infra/local/iam/access';

const ROLE = 'arn:aws:iam::123456789012:role/shop-place-order';
const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:jobs';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:place-order';
const RULE = 'arn:aws:events:us-east-1:123456789012:rule/bus/paid';
const role: RolePrincipal = { kind: 'role', roleArn: ROLE, sessionName: 'place-order' };
const rule = { service: 'events', sourceArn: RULE, sourceAccount: '123456789012' };

const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const allow = (actions: string | string[], resource: string) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});

const ofRole = { kind: 'identity', holder: 'shop/Role', attachedTo: ROLE } as const;
const LOGGING = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const placeOrder: PolicyDefinition[] = [
  {
    ...ofRole,
    place: 'shop/Policy',
    document: policy(allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE)),
  },
  { ...ofRole, place: 'shop/Guard', document: policy({ ...allow('dynamodb:PutItem', TABLE), Effect: 'Deny' }) },
  { ...ofRole, place: 'shop/Role, managed policy', managedPolicyArn: LOGGING },
  {
    ...ofRole,
    kind: 'trust',
    place: 'shop/Role, trust policy',
    document: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }),
  },
];
const queuePolicy = policy(
  {
    ...allow('sqs:SendMessage', QUEUE),
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': RULE } },
  },
  { ...allow('sqs:DeleteMessage', QUEUE), Principal: '*', Effect: 'Deny' },
);

const ofQueue = { kind: 'resource', holder: 'shop/QueuePolicy', place: 'shop/QueuePolicy', attachedTo: QUEUE } as const;

function open(policies: PolicyDefinition[] = [...placeOrder, { ...ofQueue, document: queuePolicy }]) {
  const denials: Denial[] = [];
  const access: Access = openAccess({ policies, onDenied: (denial) => denials.push(denial) });
  return { access, denials };
}

function refusalOf(access: Access, request: AccessRequest): AwsError {
  try {
    access.check(request);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('the request was allowed');
}

const SESSION =
  'User: arn:aws:sts::123456789012:assumed-role/shop-place-order/place-order is not authorized to perform:';

describe('a check of access', () => {
  it('says nothing when a policy allows the request, again and again', () => {
    const { access, denials } = open();

    for (let count = 0; count < 3; count++)
      access.check({ principal: role, action: 'dynamodb:GetItem', resource: TABLE });

    expect(denials).toEqual([]);
  });

  it('lets the account itself do everything', () => {
    const { access } = open();

    access.check({ principal: { kind: 'account' }, action: 'sqs:DeleteMessage', resource: QUEUE });

    expect(access.usedGrants()).toEqual([]);
  });

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
  it.each<[string, string, string, string, number]>([
    [
      'dynamodb:Query',
      TABLE,
      `${SESSION} dynamodb:Query on resource: ${TABLE} because no identity-based policy allows the dynamodb:Query action`,
      'AccessDeniedException',
      400,
    ],
    [
      'dynamodb:PutItem',
      TABLE,
      `${SESSION} dynamodb:PutItem on resource: ${TABLE} with an explicit deny in an identity-based policy`,
      'AccessDeniedException',
      400,
    ],
    [
      'sqs:DeleteMessage',
      QUEUE,
      `${SESSION} sqs:deletemessage on resource: ${QUEUE} with an explicit deny in a resource-based policy`,
      'AccessDenied',
      403,
    ],
    [
      'lambda:InvokeFunction',
      FUNCTION,
      `${SESSION} lambda:InvokeFunction on resource: ${FUNCTION} because no identity-based policy allows the lambda:InvokeFunction action`,
      'AccessDeniedException',
      403,
    ],
    [
      'secretsmanager:ListSecrets',
      '*',
      `${SESSION} secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`,
      'AccessDeniedException',
      400,
    ],
  ])('refuses %s in the words of AWS', (action, resource, message, code, status) => {
    const { access } = open();

    expect(refusalOf(access, { principal: role, action, resource })).toMatchObject({ message, code, status });
  });

  it('refuses as often as it is asked, and tells the log each time what would allow it', () => {
    const { access, denials } = open();
    const request = { principal: role, action: 'dynamodb:Query', resource: TABLE };

    refusalOf(access, request);
    const { message } = refusalOf(access, request);

    const missing = JSON.stringify({ Effect: 'Allow', Action: 'dynamodb:Query', Resource: TABLE });
    expect(denials).toEqual(Array(2).fill({ message, missing }));
  });

  it('tells the log of nothing that would help against a deny', () => {
    const { access, denials } = open();

    refusalOf(access, { principal: role, action: 'dynamodb:PutItem', resource: TABLE });

    expect(denials[0]).not.toHaveProperty('missing');
  });

  it('refuses a role that no template has', () => {
    const principal = { ...role, roleArn: `${ROLE}2` };

    expect(() => open().access.check({ principal, action: 'dynamodb:GetItem', resource: TABLE })).toThrow(AwsError);
  });

  it('admits a service by the policy of the resource, each source for itself', () => {
    const { access, denials } = open();
    const request = (sourceArn: string) =>
      ({ principal: { kind: 'service', ...rule, sourceArn }, action: 'sqs:SendMessage', resource: QUEUE }) as const;

    access.check(request(RULE));

    expect(refusalOf(access, request(`${RULE}2`)).message).toBe(
      `User: events.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: ${QUEUE} because no resource-based policy allows the sqs:sendmessage action`,
    );
    expect(JSON.parse(denials[0]?.missing ?? '')).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': `${RULE}2` } },
    });
    access.check(request(RULE));
  });
});

describe('a role', () => {
  it('is taken on by the service that its trust policy names, and by no other', () => {
    const { access, denials } = open();

    expect(access.assume({ ...rule, service: 'lambda' }, ROLE, 'place-order')).toEqual(role);
    expect(() => access.assume(rule, ROLE, 'x')).toThrow(
      `User: events.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    );
    expect(() => access.assume({ ...rule, service: 'lambda' }, `${ROLE}2`, 'x')).toThrow('sts:AssumeRole');
    expect(denials).toHaveLength(2);
  });

  it('is asked for everything that a resource will need of it', () => {
    const { access, denials } = open();
    const actions = ['dynamodb:GetItem', 'dynamodb:GetRecords', 'dynamodb:PutItem'];

    access.assertGranted(role, ['dynamodb:GetItem'], TABLE, 'mapping shop/Stream');
    expect(() => access.assertGranted(role, actions, TABLE, 'mapping shop/Stream')).toThrow(
      `mapping shop/Stream: role ${ROLE} lacks dynamodb:GetRecords, dynamodb:PutItem on ${TABLE}`,
    );

    expect(denials).toEqual([]);
    expect(access.usedGrants()).toEqual([{ role: 'shop/Role', action: 'dynamodb:GetItem', resource: TABLE }]);
  });
});

describe('the grants', () => {
  const send = { role: 'shop/QueuePolicy', action: 'sqs:SendMessage', resource: QUEUE };
  const logging = { role: 'shop/Role', action: LOGGING, resource: '*' };

  it('are those of roles and of resources; a policy by AWS is one', () => {
    expect(open().access.grantedGrants()).toEqual([
      { role: 'shop/Role', action: 'dynamodb:GetItem', resource: TABLE },
      { role: 'shop/Role', action: 'dynamodb:PutItem', resource: TABLE },
      logging,
      send,
    ]);
  });

  it('are used by what they allow, not by what is refused', () => {
    const { access } = open();

    access.check({ principal: { kind: 'service', ...rule }, action: 'sqs:SendMessage', resource: QUEUE });
    access.check({ principal: role, action: 'logs:PutLogEvents', resource: '*' });
    refusalOf(access, { principal: role, action: 'dynamodb:PutItem', resource: TABLE });

    expect(access.usedGrants()).toEqual([send, logging]);
  });
});

describe('the policies of an assembly', () => {
  it('are refused together when they cannot be read', () => {
    const managedPolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const policies: PolicyDefinition[] = [
      { ...ofRole, place: 'shop/Policy', document: policy(allow('GetItem', TABLE)) },
      { ...ofRole, place: `shop/Role, managed policy ${managedPolicyArn}`, managedPolicyArn },
      { ...ofQueue, document: policy(allow('sqs:*', QUEUE)) },
    ];

    expect(() => open(policies)).toThrow(
      [
        'shop/Policy, statement 1: Action must be * or <service>:<name>, got GetItem',
        'shop/Role, managed policy arn:aws:iam::aws:policy/AdministratorAccess is not known; service-role/AWSLambdaBasicExecutionRole, service-role/AmazonAPIGatewayPushToCloudWatchLogs are',
        'shop/QueuePolicy, statement 1: Principal belongs into the policy of a resource, and only there',
      ].join('\n'),
    );
  });
});
