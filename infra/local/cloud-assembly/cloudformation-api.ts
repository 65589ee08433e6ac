import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Assembly, Stack } from './cloud-assembly';

/**
 * Opens the read-only part of the CloudFormation API on an assembly: DescribeStacks, ListStacks, ListStackResources and
 * DescribeStackResources. Every stack is CREATE_COMPLETE since this call. A list is one page, however long.
 *
 * `handle` does one action, with the parameters of the request's form.
 * @throws {AwsError} `ValidationError` for a stack that does not exist, `InvalidAction` for an action that the local
 * cloud does not have.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function openCloudFormationApi(options: { assembly: Assembly; clock: Clock }) {
  const { stacks } = options.assembly;
  const createdAt = new Date(options.clock.now()).toISOString();
  const actions: Record<string, Action> = {
    DescribeStacks: {
      understands: ['StackName'],
      run: (params) => {
        const asked = params.has('StackName') ? [getStack(stacks, params)] : stacks;
        return { Stacks: asked.map((stack) => toStack(stack, createdAt)) };
      },
    },
    ListStacks: {
      understands: [],
      run: () => ({ StackSummaries: stacks.map((stack) => toStack(stack, createdAt)) }),
    },
    ListStackResources: {
      understands: ['StackName'],
      run: (params) => ({ StackResourceSummaries: toResources(getStack(stacks, params), createdAt) }),
    },
    DescribeStackResources: {
      understands: ['StackName', 'LogicalResourceId'],
      run: (params) => {
        const logicalId = params.get('LogicalResourceId');
        const described = toResources(getStack(stacks, params), createdAt);
        return { StackResources: described.filter((one) => [null, one.LogicalResourceId].includes(logicalId)) };
      },
    },
  };
  return {
    handle: (action: string, params: URLSearchParams) => ({ status: 200, xml: answer(actions, action, params) }),
  };
}

/** A member of an answer; what is undefined is left out. */
type Member = { [name: string]: string | undefined | Member[] };

interface Action {
  /** The parameters that have a meaning here; another is refused rather than silently ignored. */
  understands: string[];
  run(params: URLSearchParams): Member;
}

/** What DescribeStacks says of a stack; clients of ListStacks pass over what a list entry does not have. */
function toStack(stack: Stack, createdAt: string): Member {
  return {
    StackId: stack.stackId,
    StackName: stack.name,
    CreationTime: createdAt,
    StackStatus: 'CREATE_COMPLETE',
    Description: stack.description,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
  };
}

/** Each resource with the members of both its list entry and its description; clients pass over those of the other. */
function toResources({ name, stackId, resources }: Stack, createdAt: string) {
  return resources.map(({ logicalId, physicalId, type }) => ({
    StackName: name,
    StackId: stackId,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
    Timestamp: createdAt,
    LastUpdatedTimestamp: createdAt,
  }));
}

function getStack(stacks: readonly Stack[], params: URLSearchParams): Stack {
  const nameOrId = params.get('StackName');
  if (nameOrId === null) throw new AwsError('ValidationError', 'StackName must be given');
  const stack = stacks.find(({ name, stackId }) => name === nameOrId || stackId === nameOrId);
  if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  return stack;
}

function answer(actions: Record<string, Action>, name: string, params: URLSearchParams): string {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
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
