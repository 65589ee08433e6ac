import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAssembly, type Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { eventBridgeTypes, provisionEventBridge } from '../../../../infra/local/resources/event-bridge';
import { anEntry, aRoom, FUNCTION_ARN, PLACE, put } from './a-room';

const directory = mkdtempSync(join(tmpdir(), 'holdfast-events-'));
afterAll(() => rmSync(directory, { recursive: true }));

function load(Resources: object, Outputs: object = {}) {
  const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 'a.json' } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { a: artifact } }));
  writeFileSync(join(directory, 'a.json'), JSON.stringify({ Resources, Outputs }));
  return loadAssembly(directory, PLACE, eventBridgeTypes).stacks[0];
}

const BUS = { Type: 'AWS::Events::EventBus', Properties: { Name: 'market', Description: 'x', Tags: [] } };
const rule = (properties: object) => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name: 'r', EventPattern: { source: ['orders'] }, ...properties },
});

describe('the resources of EventBridge', () => {
  it('have the names and ARNs of AWS', () => {
    const archive = { Type: 'AWS::Events::Archive', Properties: { ArchiveName: 'all', SourceArn: 'arn' } };
    const resources = { Bus: BUS, Custom: rule({ EventBusName: { Ref: 'Bus' } }), Default: rule({}), Archive: archive };
    const values = {
      bus: { Ref: 'Bus' },
      busArn: { 'Fn::GetAtt': ['Bus', 'Arn'] },
      busName: { 'Fn::GetAtt': ['Bus', 'Name'] },
      custom: { Ref: 'Custom' },
      customArn: { 'Fn::GetAtt': ['Custom', 'Arn'] },
      default: { Ref: 'Default' },
      defaultArn: { 'Fn::GetAtt': ['Default', 'Arn'] },
      archive: { Ref: 'Archive' },
      archiveArn: { 'Fn::GetAtt': ['Archive', 'Arn'] },
    };
    const outputs = Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));

    const stack = load(resources, outputs);

    expect(Object.fromEntries((stack?.outputs ?? []).map(({ key, value }) => [key, value]))).toEqual({
      bus: 'market',
      busArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/market',
      busName: 'market',
      custom: 'market|r',
      customArn: 'arn:aws:events:eu-west-1:123456789012:rule/market/r',
      default: 'r',
      defaultArn: 'arn:aws:events:eu-west-1:123456789012:rule/r',
      archive: 'all',
      archiveArn: 'arn:aws:events:eu-west-1:123456789012:archive/all',
    });
  });

  it('are made in the room, buses first', async () => {
    const target = { Id: 't', Arn: FUNCTION_ARN, InputPath: '$.detail', RetryPolicy: { MaximumRetryAttempts: '0' } };
    const resources = {
      Archive: {
        Type: 'AWS::Events::Archive',
        Properties: { ArchiveName: 'all', SourceArn: { 'Fn::GetAtt': ['Bus', 'Arn'] }, RetentionDays: '3' },
      },
      Rule: rule({ EventBusName: { Ref: 'Bus' }, Description: 'some', Targets: [target] }),
      Bus: BUS,
    };
    const { room, clock, payloads } = aRoom();

    provisionEventBridge(load(resources)?.resources ?? [], room);
    await put(room, anEntry({ a: 1 }, { EventBusName: 'market' }));
    await clock.advance(0);

    expect(payloads()).toEqual([{ a: 1 }]);
    expect(await room.handle('DescribeArchive', { ArchiveName: 'all' })).toMatchObject({
      RetentionDays: 3,
      EventCount: 1,
    });
  });

  it.each([
    [{ Bus: { ...BUS, Properties: { Name: 'x', Policy: {} } } }, 'property Policy'],
    [{ Bus: { ...BUS, Properties: { Name: 'x', DeadLetterConfig: {} } } }, 'property DeadLetterConfig'],
    [{ R: rule({ Targets: [{ Id: 't', Arn: 'a', SqsParameters: {} }] }) }, 'property Targets[0].SqsParameters'],
    [{ R: rule({ State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' }) }, 'understands ENABLED, DISABLED'],
  ])('are refused with what the local cloud does not know', (resources, message) => {
    expect(() => load(resources)).toThrow(message);
  });

  it('refuse a rule without a pattern and a schedule', () => {
    const resources = (load({ R: rule({ EventPattern: undefined }) })?.resources ?? []) as readonly Resource[];

    expect(() => provisionEventBridge(resources, aRoom().room)).toThrow(
      'Rule r must have an EventPattern or a ScheduleExpression',
    );
  });
});
