import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { CloudWatch } from '../cloudwatch/cloudwatch';

const LOG_GROUP = 'AWS::Logs::LogGroup';
const ALARM = 'AWS::CloudWatch::Alarm';

/**
 * Log groups and alarms. How long lines are kept does not come from the template: the room keeps the last ones, in memory.
 * Alarms are accepted and not evaluated: the metrics that they look at are AWS's own, which the room does not have.
 */
export const cloudWatchTypes: ResourceTypes = {
  [LOG_GROUP]: {
    physicalName: { property: 'LogGroupName', maximumLength: 512 },
    attributes: {
      Arn: (group) =>
        `arn:${group.partition}:logs:${group.region}:${group.accountId}:log-group:${group.physicalName}:*`,
    },
    properties: 'ignored',
  },
  [ALARM]: {
    physicalName: { property: 'AlarmName', maximumLength: 255 },
    attributes: { Arn: (alarm) => `arn:aws:cloudwatch:${alarm.region}:${alarm.accountId}:alarm:${alarm.physicalName}` },
    properties: 'ignored',
  },
};

export function provisionLogGroups(resources: readonly Resource[], cloudWatch: CloudWatch): void {
  for (const { type, physicalName } of resources) if (type === LOG_GROUP) cloudWatch.createLogGroup(physicalName);
}
