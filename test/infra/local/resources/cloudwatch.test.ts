import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAssembly } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import type { CloudWatch } from '../../../../infra/local/cloudwatch/cloudwatch';
import { cloudWatchTypes, provisionLogGroups } from '../../../../infra/local/resources/cloudwatch';

const PLACE = { region: 'eu-west-1', accountId: '123456789012' };
const directory = mkdtempSync(join(tmpdir(), 'holdfast-cloudwatch-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the resources of CloudWatch', () => {
  const Resources = {
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/a', RetentionInDays: 7 } },
    // Whatever it looks at: it is not evaluated.
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'loud', Metrics: [{ Id: 'm' }] } },
    Unnamed: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
  };
  const Outputs = {
    log: { Value: { 'Fn::GetAtt': ['Log', 'Arn'] } },
    alarm: { Value: { 'Fn::GetAtt': ['Alarm', 'Arn'] } },
    name: { Value: { Ref: 'Alarm' } },
    unnamed: { Value: { Ref: 'Unnamed' } },
  };
  const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 'a.json' } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { a: artifact } }));
  writeFileSync(join(directory, 'a.json'), JSON.stringify({ Resources, Outputs }));
  const [stack] = loadAssembly(directory, PLACE, cloudWatchTypes).stacks;

  it('have the names and ARNs of AWS', () => {
    expect(Object.fromEntries((stack?.outputs ?? []).map(({ key, value }) => [key, value]))).toEqual({
      log: 'arn:aws:logs:eu-west-1:123456789012:log-group:/a:*',
      alarm: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:loud',
      name: 'loud',
      unnamed: expect.stringMatching(/^a-Unnamed-/),
    });
  });

  it('are made in the room, alarms left out', () => {
    const made: string[] = [];

    provisionLogGroups(stack?.resources ?? [], {
      createLogGroup: (name: string) => void made.push(name),
    } as unknown as CloudWatch);

    expect(made).toEqual(['/a']);
  });
});
