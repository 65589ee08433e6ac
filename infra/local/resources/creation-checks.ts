import { AwsError } from '../aws-error';
import { toAssumingArn } from '../calls/deliveries';
import type { Resource } from '../cloud-assembly/cloud-assembly';
import type { Access } from '../iam/access';
import { toFunctionName } from '../lambda/function-name';
import { isPresent, member, textOf } from './properties';

/** What a role must allow before AWS makes the resource that takes it on. */
interface RoleCheck {
  readonly roleArn: string;
  /** The service that assumes the role, and for which of its resources; absent where that is checked elsewhere. */
  readonly assumedBy?: { readonly service: string; readonly sourceArn: string };
  readonly needs: ReadonlyArray<{ readonly actions: readonly string[]; readonly resource: string }>;
}

type ToCheck = (resource: Resource, resources: readonly Resource[]) => RoleCheck | undefined;

/**
 * Checks what AWS checks when it makes a resource with a role: that its service may assume the role, and that the role can do
 * what the service will do with it. What is missing would show on AWS as a failed deployment.
 *
 * @throws {Error} with a line for each resource whose role lacks something, and what.
 */
export function checkRoles(resources: readonly Resource[], access: Access, accountId: string): void {
  const problems = resources.flatMap((resource) => {
    const check = CHECKS[resource.type]?.(resource, resources);
    return check === undefined ? [] : findProblems(check, resource, access, accountId);
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function findProblems(check: RoleCheck, resource: Resource, access: Access, accountId: string): string[] {
  const { roleArn, assumedBy, needs } = check;
  const what = `stack ${resource.stackName}: ${resource.type} ${resource.logicalId}`;
  const attempt = (action: () => unknown): string[] => {
    try {
      action();
      return [];
    } catch (error) {
      const { message } = error as Error;
      return [error instanceof AwsError ? `${what}: ${message}` : message];
    }
  };
  const principal = { kind: 'role', roleArn, sessionName: resource.logicalId } as const;
  const assumption = assumedBy
    ? attempt(() => access.assume({ ...assumedBy, sourceAccount: accountId }, roleArn, resource.logicalId))
    : [];
  return [
    ...assumption,
    ...needs.flatMap(({ actions, resource: on }) => attempt(() => access.assertGranted(principal, actions, on, what))),
  ];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const TRACES = { actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resource: '*' };

/** By type. */
const CHECKS: Readonly<Record<string, ToCheck>> = {
  'AWS::Lambda::Function': (made) => ({
    roleArn: textOf(made.properties.Role),
    assumedBy: { service: 'lambda', sourceArn: made.attribute('Arn') },
    needs: [
      ...(member(made.properties, 'TracingConfig')?.Mode === 'Active' ? [TRACES] : []),
      ...needsOfDestination(member(made.properties, 'DeadLetterConfig')?.TargetArn),
    ],
  }),
  'AWS::Lambda::EventInvokeConfig': ({ properties }, resources) => ({
    roleArn: roleOfFunction(properties.FunctionName, resources),
    needs: needsOfDestinations(properties),
  }),
  'AWS::Lambda::EventSourceMapping': ({ properties }, resources) => {
    const arn = textOf(properties.EventSourceArn);
    const actions = MAPPING_ACTIONS[arn.split(':')[2] ?? ''] ?? [];
    return {
      roleArn: roleOfFunction(properties.FunctionName, resources),
      needs: [{ actions, resource: arn }, ...needsOfDestinations(properties)],
    };
  },
  'AWS::StepFunctions::StateMachine': ({ properties, physicalId }) => ({
    roleArn: textOf(properties.RoleArn),
    assumedBy: { service: 'states', sourceArn: physicalId },
    needs: [
      ...(isPresent(properties.LoggingConfiguration) ? [LOG_DELIVERY] : []),
      ...(String(member(properties, 'TracingConfiguration')?.Enabled) === 'true' ? [TRACES, SAMPLING] : []),
    ],
  }),
  'AWS::Scheduler::Schedule': (made) => ({
    roleArn: textOf(member(made.properties, 'Target')?.RoleArn),
    assumedBy: { service: 'scheduler', sourceArn: toAssumingArn(made.attribute('Arn')) },
    needs: [],
  }),
  'AWS::ApiGateway::Account': ({ properties }) => ({
    roleArn: textOf(properties.CloudWatchRoleArn),
    assumedBy: { service: 'apigateway', sourceArn: '' },
    needs: [API_LOGS],
  }),
};

/**
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html#events-dynamodb-permissions
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
 */
const MAPPING_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
};

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const LOG_DELIVERY = {
  actions: [
    ...logs('CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'),
    ...logs('PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'),
  ],
  resource: '*',
};

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const SAMPLING = { actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'], resource: '*' };

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
const API_LOGS = {
  actions: [
    ...logs('CreateLogGroup', 'CreateLogStream', 'DescribeLogGroups', 'DescribeLogStreams'),
    ...logs('PutLogEvents', 'GetLogEvents', 'FilterLogEvents'),
  ],
  resource: '*',
};

function logs(...operations: string[]): string[] {
  return operations.map((operation) => `logs:${operation}`);
}

function needsOfDestinations({ DestinationConfig }: Resource['properties']): RoleCheck['needs'] {
  const destinations = Object.values(
    (DestinationConfig ?? {}) as Record<string, { Destination?: unknown } | undefined>,
  );
  return destinations.flatMap((destination) => needsOfDestination(destination?.Destination));
}

function needsOfDestination(arn: unknown): RoleCheck['needs'] {
  if (!isPresent(arn)) return [];
  const action = DESTINATION_ACTIONS[textOf(arn).split(':')[2] ?? ''];
  return action === undefined ? [] : [{ actions: [action], resource: textOf(arn) }];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const DESTINATION_ACTIONS: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  lambda: 'lambda:InvokeFunction',
};

function roleOfFunction(nameOrArn: unknown, resources: readonly Resource[]): string {
  const name = toFunctionName(textOf(nameOrArn));
  const made = resources.find(({ type, physicalName }) => type === 'AWS::Lambda::Function' && physicalName === name);
  if (made === undefined) throw new Error(`there is no function ${name}`);
  return textOf(made.properties.Role);
}
