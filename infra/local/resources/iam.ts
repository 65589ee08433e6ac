import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type Access, type AccessOptions, openAccess, type PolicyDefinition } from '../iam/access';
import { toFunctionPolicy } from '../iam/lambda-permission';
import { functionArn, toFunctionName } from '../lambda/function-name';
import { textOf } from './properties';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::Policy';
const MANAGED_POLICY = 'AWS::IAM::ManagedPolicy';
const PERMISSION = 'AWS::Lambda::Permission';
const QUEUE_POLICY = 'AWS::SQS::QueuePolicy';
const BUS_POLICY = 'AWS::Events::EventBusPolicy';

const iamArn = (kind: string) => (context: NamingContext) =>
  `arn:${context.partition}:iam::${context.accountId}:${kind}/${context.physicalName}`;

/** Roles, and who else may use what. */
export const iamTypes: ResourceTypes = {
  [ROLE]: {
    physicalName: { property: 'RoleName', maximumLength: 64 },
    attributes: { Arn: iamArn('role') },
    properties: {
      RoleName: 'used',
      AssumeRolePolicyDocument: 'used',
      Policies: { members: { PolicyName: 'used', PolicyDocument: 'used' } },
      ManagedPolicyArns: 'used',
      Description: 'ignored',
      Tags: 'ignored',
    },
  },
  [POLICY]: { properties: { PolicyName: 'ignored', PolicyDocument: 'used', Roles: 'used' } },
  [MANAGED_POLICY]: {
    physicalName: { property: 'ManagedPolicyName', maximumLength: 128 },
    ref: iamArn('policy'),
    properties: { ManagedPolicyName: 'used', PolicyDocument: 'used', Roles: 'used', Description: 'ignored' },
  },
  [QUEUE_POLICY]: { properties: { PolicyDocument: 'used', Queues: 'used' } },
  [BUS_POLICY]: { properties: { EventBusName: 'used', StatementId: 'used', Statement: 'used' } },
  [PERMISSION]: {
    properties: {
      Action: { oneOf: ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'] },
      FunctionName: 'used',
      Principal: 'used',
      SourceArn: 'used',
      SourceAccount: 'used',
      FunctionUrlAuthType: 'used',
      InvokedViaFunctionUrl: 'used',
    },
  },
};

/** Where the resources are: parts of every ARN. */
interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Reads all policies of the templates.
 *
 * @throws {Error} with a line for each that the local cloud does not understand.
 */
export function provisionAccess(
  resources: readonly Resource[],
  { onDenied, ...place }: Place & Pick<AccessOptions, 'onDenied'>,
): Access {
  const roles = resources.filter(({ type }) => type === ROLE);
  const policies = [
    ...roles.flatMap((role) => policiesOfRole(role, resources)),
    ...resources.flatMap((resource) => policiesOfResource(resource, place)),
  ];
  return openAccess({ policies, ...(onDenied && { onDenied }) });
}

function policiesOfRole(role: Resource, resources: readonly Resource[]): PolicyDefinition[] {
  const { AssumeRolePolicyDocument, Policies = [], ManagedPolicyArns = [] } = role.properties;
  const holder = placeOf(role);
  const identity = { kind: 'identity', holder, attachedTo: role.attribute('Arn') } as const;
  const attached = resources.filter(
    ({ type, properties: { Roles = [] } }) =>
      (type === POLICY || type === MANAGED_POLICY) && (Roles as unknown[]).includes(role.physicalName),
  );
  return [
    ...(Policies as Array<Record<string, unknown>>).map(({ PolicyName, PolicyDocument }) => ({
      ...identity,
      place: `${holder}, policy ${PolicyName}`,
      document: PolicyDocument,
    })),
    ...attached.map((policy) => ({
      ...identity,
      place: placeOf(policy),
      document: policy.properties.PolicyDocument,
    })),
    ...(ManagedPolicyArns as string[]).map((managedPolicyArn) => ({
      ...identity,
      place: `${holder}, managed policy ${managedPolicyArn}`,
      managedPolicyArn,
    })),
    { ...identity, kind: 'trust', place: `${holder}, trust policy`, document: AssumeRolePolicyDocument },
  ];
}

function policiesOfResource(resource: Resource, place: Place): PolicyDefinition[] {
  const { type, properties } = resource;
  const holder = placeOf(resource);
  const define = (attachedTo: string, document: unknown): PolicyDefinition => ({
    kind: 'resource',
    holder,
    place: holder,
    attachedTo,
    document,
  });
  const arnIn = (service: string, name: string) => `arn:aws:${service}:${place.region}:${place.accountId}:${name}`;
  if (type === PERMISSION) {
    const arn = functionArn(place, toFunctionName(textOf(properties.FunctionName)));
    return [define(arn, toFunctionPolicy(properties, arn))];
  }
  if (type === QUEUE_POLICY) {
    const names = (properties.Queues as string[]).map((url) => url.split('/').at(-1) ?? '');
    return names.map((name) => define(arnIn('sqs', name), properties.PolicyDocument));
  }
  if (type === BUS_POLICY) {
    const statement = { Sid: properties.StatementId, ...(properties.Statement as object) };
    const document = { Version: '2012-10-17', Statement: [statement] };
    return [define(arnIn('events', `event-bus/${properties.EventBusName ?? 'default'}`), document)];
  }
  return [];
}

function placeOf({ stackName, logicalId }: Resource): string {
  return `${stackName}/${logicalId}`;
}
