import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { CloudWatch } from '../cloudwatch/cloudwatch';

const LOG_GROUP = 'AWS::Logs::LogGroup';

/** Log groups. How long lines are kept does not come from the template: the room keeps the last ones, in memory. */
export const cloudWatchTypes: ResourceTypes = {
  [LOG_GROUP]: {
    physicalName: { property: 'LogGroupName', maximumLength: 512 },
    attributes: {
      Arn: (group) =>
        `arn:${group.partition}:logs:${group.region}:${group.accountId}:log-group:${group.physicalName}:*`,
    },
    properties: 'ignored',
  },
};

export function provisionLogGroups(resources: readonly Resource[], cloudWatch: CloudWatch): void {
  for (const { type, physicalName } of resources) if (type === LOG_GROUP) cloudWatch.createLogGroup(physicalName);
}
