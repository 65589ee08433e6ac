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

/** What AWS answers at once; more resources than that are for ListStackResources, page by page. */
const PAGE_SIZE = 100;

/**
 * Opens the read-only part of the CloudFormation API on an assembly: DescribeStacks, ListStacks, ListStackResources,
 * DescribeStackResources and ListExports. Every stack is CREATE_COMPLETE since this call. Lists have pages of 100.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function openCloudFormationApi(options: { assembly: Assembly; clock: Clock }): CloudFormationApi {
  const { stacks } = options.assembly;
  const createdAt = new Date(options.clock.now()).toISOString();
  const actions: Record<string, Action> = {
    DescribeStacks: {
      understands: ['StackName', 'NextToken'],
      run: (params) => {
        const asked = params.has('StackName') ? [getStack(stacks, params)] : stacks;
        return page(
          'Stacks',
          asked.map((stack) => toStackDescription(stack, createdAt)),
          params,
        );
      },
    },
    ListStacks: {
      understands: ['NextToken'],
      run: (params) =>
        page(
          'StackSummaries',
          stacks.map((stack) => ({ ...toStackSummary(stack, createdAt), TemplateDescription: stack.description })),
          params,
        ),
    },
    ListStackResources: {
      understands: ['StackName', 'NextToken'],
      run: (params) => {
        const resources = toResources(getStack(stacks, params));
        const summaries = resources.map((resource) => ({ ...resource, LastUpdatedTimestamp: createdAt }));
        return page('StackResourceSummaries', summaries, params);
      },
    },
    DescribeStackResources: {
      understands: ['StackName', 'LogicalResourceId'],
      run: (params) => {
        const { name, stackId, ...stack } = getStack(stacks, params);
        const asked = toResources(stack).filter(({ LogicalResourceId: id }) =>
          [null, id].includes(params.get('LogicalResourceId')),
        );
        const place = { StackName: name, StackId: stackId, Timestamp: createdAt };
        return { StackResources: asked.slice(0, PAGE_SIZE).map((resource) => ({ ...place, ...resource })) };
      },
    },
    ListExports: { understands: ['NextToken'], run: (params) => page('Exports', stacks.flatMap(toExports), params) },
  };
  return { handle: (action, params) => ({ status: 200, xml: answer(actions, action, params) }) };
}

/** A member of an answer; what is undefined is left out. */
type Member = { [name: string]: string | boolean | undefined | Member[] };

interface Action {
  /** The parameters that have a meaning here; another is refused rather than silently ignored. */
  understands: string[];
  run(params: URLSearchParams): Member;
}

function toStackSummary(stack: Stack, createdAt: string): Member {
  return {
    StackId: stack.stackId,
    StackName: stack.name,
    CreationTime: createdAt,
    StackStatus: 'CREATE_COMPLETE',
  };
}

function toStackDescription(stack: Stack, createdAt: string): Member {
  return {
    ...toStackSummary(stack, createdAt),
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
  };
}

function toResources({ resources }: Pick<Stack, 'resources'>): Member[] {
  return resources.map(({ logicalId, physicalId, type }) => ({
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
  }));
}

function toExports({ stackId, outputs }: Stack): Member[] {
  return outputs
    .filter(({ exportName }) => exportName !== undefined)
    .map(({ exportName, value }) => ({ ExportingStackId: stackId, Name: exportName, Value: value }));
}

/** The members from `NextToken` on, which is the position of the first. */
function page(name: string, members: Member[], params: URLSearchParams): Member {
  const token = params.get('NextToken') ?? '0';
  const start = Number(token);
  if (!/^\d+$/.test(token) || (start > 0 && start >= members.length)) {
    throw new AwsError('ValidationError', `NextToken must be one that was answered, got ${token}`);
  }
  const end = start + PAGE_SIZE;
  return { [name]: members.slice(start, end), NextToken: end < members.length ? String(end) : undefined };
}

function getStack(stacks: readonly Stack[], params: URLSearchParams): Stack {
  const nameOrId = params.get('StackName');
  if (nameOrId === null) throw new AwsError('ValidationError', 'StackName must be given');
  const stack = stacks.find(({ name, stackId }) => name === nameOrId || stackId === nameOrId);
  if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  return stack;
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
