import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Assembly, Stack } from './cloud-assembly';

/** Answers CloudFormation's Query API about the stacks that run here. */
export interface CloudFormationApi {
  /**
   * Does one action of the API; `params` are those of the request's form.
   *
   * @throws {AwsError} `ValidationError` for a stack that does not exist, `InvalidAction` for an action that the local
   * cloud does not have.
   */
  handle(action: string, params: URLSearchParams): { status: number; xml: string };
}

/**
 * Opens the read-only part of the CloudFormation API on an assembly: DescribeStacks, ListStacks, ListStackResources and
 * DescribeStackResources. Every stack is CREATE_COMPLETE since this call.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function openCloudFormationApi(options: { assembly: Assembly; clock: Clock }): CloudFormationApi {
  const { assembly } = options;
  const createdAt = new Date(options.clock.now()).toISOString();
  const actions: Record<string, Action> = {
    DescribeStacks: {
      understands: ['StackName'],
      run: (params) => ({ Stacks: describeStacks(assembly, createdAt, params.get('StackName') ?? undefined) }),
    },
    ListStacks: {
      understands: [],
      run: () => ({ StackSummaries: listStacks(assembly, createdAt) }),
    },
    ListStackResources: {
      understands: ['StackName'],
      run: (params) => ({ StackResourceSummaries: listStackResources(assembly, createdAt, stackName(params)) }),
    },
    DescribeStackResources: {
      understands: ['StackName', 'LogicalResourceId'],
      run: (params) => ({
        StackResources: describeStackResources(assembly, createdAt, stackName(params)).filter(
          ({ LogicalResourceId: id }) => [null, id].includes(params.get('LogicalResourceId')),
        ),
      }),
    },
  };
  return { handle: (action, params) => ({ status: 200, xml: answer(actions, action, params) }) };
}

/** The stacks as DescribeStacks shows them: all, or the one with this name or id. */
export function describeStacks(assembly: Assembly, createdAt: string, stackName?: string): Member[] {
  const stacks = stackName === undefined ? assembly.stacks : [getStack(assembly, stackName)];
  return stacks.map((stack) => ({
    ...stackSummary(stack, createdAt),
    Description: stack.description,
    DisableRollback: false,
    Parameters: stack.parameters.map(({ key, value }) => ({ ParameterKey: key, ParameterValue: value })),
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    Tags: stack.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  }));
}

/** The stacks as ListStacks shows them. */
export function listStacks(assembly: Assembly, createdAt: string): Member[] {
  return assembly.stacks.map((stack) => ({
    ...stackSummary(stack, createdAt),
    TemplateDescription: stack.description,
  }));
}

/** The resources of one stack as ListStackResources shows them. */
export function listStackResources(assembly: Assembly, createdAt: string, stackName: string): Member[] {
  return getStack(assembly, stackName).resources.map(({ logicalId, physicalId, type }) => ({
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
    LastUpdatedTimestamp: createdAt,
  }));
}

/** The resources of one stack as DescribeStackResources shows them. */
export function describeStackResources(assembly: Assembly, createdAt: string, stackName: string): Member[] {
  const { name, stackId } = getStack(assembly, stackName);
  return listStackResources(assembly, createdAt, stackName).map(({ LastUpdatedTimestamp, ...resource }) => ({
    StackName: name,
    StackId: stackId,
    ...resource,
    Timestamp: LastUpdatedTimestamp,
  }));
}

/** A member of an answer; what is undefined is left out. */
export type Member = { [name: string]: string | boolean | undefined | Member[] };

interface Action {
  /** The parameters that have a meaning here; another is refused rather than silently ignored. */
  understands: string[];
  run(params: URLSearchParams): Member;
}

function answer(actions: Record<string, Action>, name: string, params: URLSearchParams): string {
  const action = Object.hasOwn(actions, name) ? actions[name]! : undefined;
  if (action === undefined) {
    const known = Object.keys(actions).join(', ');
    throw new AwsError(
      'InvalidAction',
      `CloudFormation action ${name} is not part of the local cloud; it has ${known}`,
    );
  }
  const others = [...params.keys()].filter((key) => !['Action', 'Version', ...action.understands].includes(key));
  if (others.length > 0) {
    throw new AwsError('ValidationError', `${name} does not understand ${others.join(', ')} in the local cloud`);
  }
  return (
    `<${name}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">` +
    `<${name}Result>${toXml(action.run(params))}</${name}Result>` +
    `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${name}Response>`
  );
}

function stackSummary(stack: Stack, createdAt: string): Member {
  return { StackId: stack.stackId, StackName: stack.name, CreationTime: createdAt, StackStatus: 'CREATE_COMPLETE' };
}

function stackName(params: URLSearchParams): string {
  const name = params.get('StackName');
  if (name === null) throw new AwsError('ValidationError', 'StackName must be given');
  return name;
}

function getStack(assembly: Assembly, nameOrId: string): Stack {
  const stack = assembly.stacks.find(({ name, stackId }) => name === nameOrId || stackId === nameOrId);
  if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  return stack;
}

function toXml(member: Member): string {
  return Object.entries(member)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${valueToXml(value)}</${name}>`)
    .join('');
}

function valueToXml(value: Member[string]): string {
  if (Array.isArray(value)) return value.map((element) => `<member>${toXml(element)}</member>`).join('');
  return String(value).replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
