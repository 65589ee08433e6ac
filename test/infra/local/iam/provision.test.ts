import type { Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import type { Access, AccessRequest } from '../../../../infra/local/iam/access';
import { functionUrlNeeds } from '../../../../infra/local/iam/needs';
import { provisionAccess } from '../../../../infra/local/resources/iam';

const place = { region: 'us-east-1', accountId: '123456789012' };
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:place-order';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:jobs';
const BUS = 'arn:aws:events:us-east-1:123456789012:event-bus/orders';
const API = 'arn:aws:execute-api:us-east-1:123456789012:abc';

const statement = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource });
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

function resource(
  type: string,
  logicalId: string,
  properties: Record<string, unknown>,
  physicalName = logicalId,
): Resource {
  const attribute = () => `arn:aws:iam::123456789012:role/${physicalName}`;
  return { stackName: 'shop', logicalId, type, physicalName, physicalId: physicalName, properties, attribute };
}

const role = resource(
  'AWS::IAM::Role',
  'Role',
  {
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    }),
    Policies: [{ PolicyName: 'Inline', PolicyDocument: policy(statement('a:Inline')) }],
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
  },
  'shop-role',
);
const attached = (type: string, id: string, roles: string[]) =>
  resource(type, id, { PolicyDocument: policy(statement(`a:${id}`)), Roles: roles });
const permission = (id: string, properties: Record<string, unknown>) =>
  resource('AWS::Lambda::Permission', id, { Action: 'lambda:InvokeFunction', FunctionName: FUNCTION, ...properties });

const resources = [
  role,
  attached('AWS::IAM::Policy', 'Policy', ['other', 'shop-role']),
  attached('AWS::IAM::Policy', 'OfOther', ['other']),
  attached('AWS::IAM::ManagedPolicy', 'Managed', ['shop-role']),
  permission('FromApi', { Principal: 'apigateway.amazonaws.com', SourceArn: `${API}/*/GET/orders/*` }),
  permission('FromAccount', { Principal: 'events.amazonaws.com', SourceAccount: '123456789012' }),
  permission('Url', { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE', Principal: '*' }),
  permission('ByUrl', { Principal: '*', InvokedViaFunctionUrl: true }),
  resource('AWS::SQS::QueuePolicy', 'QueuePolicy', {
    Queues: ['http://127.0.0.1:4566/123456789012/jobs'],
    PolicyDocument: policy({ ...statement('sqs:SendMessage', QUEUE), Principal: { Service: 'events.amazonaws.com' } }),
  }),
  resource('AWS::Events::EventBusPolicy', 'BusPolicy', {
    EventBusName: 'orders',
    StatementId: 'Scheduled',
    Statement: { ...statement('events:PutEvents', BUS), Principal: { Service: 'scheduler.amazonaws.com' } },
  }),
];

const service = (name: string, sourceArn = `${API}/dev/GET/orders/7`, sourceAccount = place.accountId) =>
  ({ kind: 'service', service: name, sourceArn, sourceAccount }) as const;

describe('the policies of the templates', () => {
  let access: Access;
  beforeEach(() => {
    access = provisionAccess(resources, place);
  });

  it('give a role its inline, attached and managed policies, and no other', () => {
    const principal = access.assume(service('lambda'), role.attribute('Arn'), 's');
    const isAllowed = (action: string) => {
      try {
        access.check({ principal, action, resource: 'arn:aws:a:::b' });
        return true;
      } catch {
        return false;
      }
    };

    const actions = ['a:Inline', 'a:Policy', 'a:Managed', 'logs:PutLogEvents', 'a:OfOther'];
    expect(actions.map(isAllowed)).toEqual([true, true, true, true, false]);
    expect(access.usedGrants().map(({ role: holder }) => holder)).toEqual(Array(4).fill('shop/Role'));
  });

  it('let services invoke a function for the sources of its permissions', () => {
    const invoke = (principal: ReturnType<typeof service>) => () =>
      access.check({ principal, action: 'lambda:InvokeFunction', resource: FUNCTION });

    expect(invoke(service('apigateway'))).not.toThrow();
    expect(invoke(service('apigateway', `${API}/dev/POST/orders/7`))).toThrow('no resource-based policy allows');
    expect(invoke(service('events'))).not.toThrow();
    expect(invoke(service('events', API, '999999999999'))).toThrow('no resource-based policy allows');
    expect(invoke(service('scheduler'))).toThrow('no resource-based policy allows');
  });

  it('hold all that a permission asks for', () => {
    const both = {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
      SourceAccount: '1',
    };
    const own = provisionAccess([permission('Both', both)], place);
    const check = (request: AccessRequest) => () => own.check(request);
    const [need] = functionUrlNeeds(FUNCTION, 'NONE');

    expect(check({ principal: service('events', API, '1'), ...need! })).not.toThrow();
    expect(check({ principal: service('events', API, '2'), ...need! })).toThrow();
    expect(check({ principal: service('events', API, '1'), ...functionUrlNeeds(FUNCTION, 'AWS_IAM')[0]! })).toThrow();
  });

  it('let everybody call a public URL, and only by the URL', () => {
    const principal = { kind: 'anonymous' } as const;

    for (const need of functionUrlNeeds(FUNCTION, 'NONE')) access.check({ principal, ...need });

    expect(() => access.check({ principal, ...functionUrlNeeds(FUNCTION, 'AWS_IAM')[0]! })).toThrow();
    expect(() => access.check({ principal, action: 'lambda:InvokeFunction', resource: FUNCTION })).toThrow();
  });

  it('are named by stack, logical id and statement when they cannot be read', () => {
    const statement = { Effect: 'Allow', Action: 'PutEvents', Resource: BUS, Principal: '*' };
    const properties = { EventBusName: 'orders', StatementId: 'Scheduled', Statement: statement };
    const broken = [resource('AWS::Events::EventBusPolicy', 'BusPolicy', properties)];

    expect(() => provisionAccess(broken, place)).toThrow('shop/BusPolicy, statement Scheduled: Action must be');
  });

  it('let services use queues and buses', () => {
    access.check({ principal: service('events'), action: 'sqs:SendMessage', resource: QUEUE });
    access.check({ principal: service('scheduler'), action: 'events:PutEvents', resource: BUS });

    expect(access.usedGrants()).toEqual([
      { role: 'shop/QueuePolicy', action: 'sqs:SendMessage', resource: QUEUE },
      { role: 'shop/BusPolicy', action: 'events:PutEvents', resource: BUS },
    ]);
  });
});
