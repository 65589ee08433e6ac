import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { AwsError } from '../../../../infra/local/aws-error';
import { openCloudFormationApi } from '../../../../infra/local/cloud-assembly/cloudformation-api';
import { load, things } from './assembly-builder';

const startedAtMs = Date.UTC(2026, 0, 2);
const clock = { now: () => startedAtMs, after: () => () => undefined };

const assembly = load({
  shop: {
    Description: 'a <shop> & more',
    ...things({ Thing: { ThingName: 'the "thing"\n& more' } }),
    Outputs: { Out: { Value: { Ref: 'Thing' }, Description: 'what it is', Export: { Name: 'thing' } } },
  },
  store: things({ Other: {} }),
});
const api = openCloudFormationApi({ assembly, clock });

/** The real client, whose requests go straight to the room instead of over the network. */
function openClient(): CloudFormationClient {
  const client = new CloudFormationClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: async (request: { body: string }) => {
        const params = new URLSearchParams(request.body);
        const { status, xml } = api.handle(params.get('Action')!, params);
        return { response: { statusCode: status, headers: {}, body: Buffer.from(xml) } };
      },
    },
  });
  return client;
}

describe('the CloudFormation API', () => {
  it('describes stacks with their outputs', async () => {
    const { Stacks: stacks } = await openClient().send(new DescribeStacksCommand({}));

    expect(stacks).toHaveLength(2);
    expect(stacks![0]).toMatchObject({
      StackName: 'shop',
      StackId: expect.stringMatching(/^arn:aws:cloudformation:eu-west-1:123456789012:stack\/shop\/[0-9a-f-]{36}$/),
      Description: 'a <shop> & more',
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: new Date(startedAtMs),
      Outputs: [
        { OutputKey: 'Out', OutputValue: 'the "thing"\n& more', Description: 'what it is', ExportName: 'thing' },
      ],
    });
  });

  it('finds one stack by its name or its id', async () => {
    const client = openClient();

    const byName = await client.send(new DescribeStacksCommand({ StackName: 'store' }));
    const byId = await client.send(new DescribeStacksCommand({ StackName: byName.Stacks![0]!.StackId! }));

    expect(byId.Stacks!.map(({ StackName: name }) => name)).toEqual(['store']);
    expect(byId.Stacks).toEqual(byName.Stacks);
  });

  it('lists the stacks and the resources of one', async () => {
    const client = openClient();

    const { StackSummaries: stacks } = await client.send(new ListStacksCommand({}));
    const { StackResourceSummaries: listed } = await client.send(new ListStackResourcesCommand({ StackName: 'shop' }));
    const { StackResources: described } = await client.send(
      new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'Thing' }),
    );

    const thing = {
      LogicalResourceId: 'Thing',
      PhysicalResourceId: 'the "thing"\n& more',
      ResourceType: 'Test::Thing',
      ResourceStatus: 'CREATE_COMPLETE',
    };
    expect(stacks!.map(({ StackName: name }) => name)).toEqual(['shop', 'store']);
    expect(listed).toEqual([{ ...thing, LastUpdatedTimestamp: new Date(startedAtMs) }]);
    expect(described).toEqual([
      { ...thing, StackName: 'shop', StackId: assembly.stacks[0]!.stackId, Timestamp: new Date(startedAtMs) },
    ]);
  });

  it.each([
    ['DescribeStacks', { StackName: 'nope' }, 'ValidationError', 'Stack with id nope does not exist'],
    ['ListStackResources', { StackName: 'nope' }, 'ValidationError', 'Stack with id nope does not exist'],
    ['DescribeStackResources', {}, 'ValidationError', 'StackName must be given'],
    [
      'ListStacks',
      { StackStatusFilter: 'x' },
      'ValidationError',
      'ListStacks does not understand StackStatusFilter in the local cloud',
    ],
    ['ListStacks', { NextToken: 'x' }, 'ValidationError', 'ListStacks does not understand NextToken'],
    [
      'DeleteStack',
      { StackName: 'shop' },
      'InvalidAction',
      'CloudFormation action DeleteStack is not part of the local',
    ],
  ])('refuses %s with %j', (action, params, code, message) => {
    const refused = () => api.handle(action, new URLSearchParams(params as Record<string, string>));

    expect(refused).toThrow(expect.objectContaining<Partial<AwsError>>({ code }));
    expect(refused).toThrow(message);
  });
});
