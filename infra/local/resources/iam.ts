import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import {
  type Access,
  type AccessOptions,
  openAccess,
  type ResourcePolicyDefinition,
  type RoleDefinition,
} from '../iam/access';
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
  options: Place & Pick<AccessOptions, 'onDenied'>,
): Access {
  return openAccess({
    roles: resources.filter(({ type }) => type === ROLE).map((role) => toRole(role, resources)),
    resourcePolicies: resources.flatMap((resource) => toResourcePolicies(resource, options)),
    ...(options.onDenied && { onDenied: options.onDenied }),
  });
}

function toRole(role: Resource, resources: readonly Resource[]): RoleDefinition {
  const { properties, physicalName } = role;
  const inline = (properties.Policies ?? []) as Array<{ PolicyName?: unknown; PolicyDocument?: unknown }>;
  const attached = resources.filter(
    ({ type, properties: { Roles } }) =>
      (type === POLICY || type === MANAGED_POLICY) && ((Roles ?? []) as unknown[]).includes(physicalName),
  );
  return {
    holder: placeOf(role),
    roleArn: role.attribute('Arn'),
    trustPolicy: properties.AssumeRolePolicyDocument,
    policies: [
      ...inline.map(({ PolicyName, PolicyDocument }) => ({
        place: `${placeOf(role)}, policy ${textOf(PolicyName)}`,
        document: PolicyDocument,
      })),
      ...attached.map((policy) => ({ place: placeOf(policy), document: policy.properties.PolicyDocument })),
    ],
    managedPolicyArns: ((properties.ManagedPolicyArns ?? []) as unknown[]).map(textOf),
  };
}

function toResourcePolicies(resource: Resource, place: Place): ResourcePolicyDefinition[] {
  const { type, properties } = resource;
  const holder = placeOf(resource);
  const arnIn = (service: string, name: string) => `arn:aws:${service}:${place.region}:${place.accountId}:${name}`;
  if (type === PERMISSION) {
    const resourceArn = functionArn(place, toFunctionName(textOf(properties.FunctionName)));
    return [{ holder, resourceArn, document: toFunctionPolicy(properties, resourceArn) }];
  }
  if (type === QUEUE_POLICY) {
    const names = ((properties.Queues ?? []) as unknown[]).map((url) => textOf(url).split('/').at(-1) ?? '');
    return names.map((name) => ({ holder, resourceArn: arnIn('sqs', name), document: properties.PolicyDocument }));
  }
  if (type === BUS_POLICY) {
    const statement = { Sid: properties.StatementId, ...(properties.Statement as object) };
    const name = textOf(properties.EventBusName ?? 'default');
    const document = { Version: '2012-10-17', Statement: [statement] };
    return [{ holder, resourceArn: arnIn('events', `event-bus/${name}`), document }];
  }
  return [];
}

function placeOf({ stackName, logicalId }: Resource): string {
  return `${stackName}/${logicalId}`;
}

/** Who may invoke what, by the functions' resource policies: pairs of function name and a pattern of the source's ARN. */
export function listInvokePermissions(
  resources: readonly Resource[],
): (functionArn: string, sourceArn: string) => boolean {
  const permissions = resources
    .filter(({ type, properties }) => type === PERMISSION && properties.Principal === 'apigateway.amazonaws.com')
    .map(({ properties }) => ({
      functionName: toFunctionName(textOf(properties.FunctionName)),
      matches: toPattern(textOf(properties.SourceArn)),
    }));
  return (arn, sourceArn) => {
    const name = toFunctionName(arn);
    return permissions.some(({ functionName, matches }) => functionName === name && matches.test(sourceArn));
  };
}

/** `*` stands for any characters, slashes included, as in IAM's ArnLike. */
function toPattern(arn: string): RegExp {
  return new RegExp(
    `^${arn
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}
