import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type ScheduleDefinition, type Scheduler, scheduleArn } from '../scheduler/scheduler';

const SCHEDULE = 'AWS::Scheduler::Schedule';

/** Schedules of the default group. */
export const schedulerTypes: ResourceTypes = {
  [SCHEDULE]: {
    physicalName: { property: 'Name', maximumLength: 64 },
    attributes: { Arn: (schedule) => scheduleArn(schedule, schedule.physicalName) },
    properties: {
      Name: 'used',
      Description: 'used',
      GroupName: { oneOf: ['default'] },
      ScheduleExpression: 'used',
      ScheduleExpressionTimezone: 'used',
      FlexibleTimeWindow: { members: { Mode: { oneOf: ['OFF', 'FLEXIBLE'] }, MaximumWindowInMinutes: 'used' } },
      State: { oneOf: ['ENABLED', 'DISABLED'] },
      StartDate: 'used',
      EndDate: 'used',
      Target: {
        members: {
          Arn: 'used',
          RoleArn: 'used',
          Input: 'used',
          RetryPolicy: { members: { MaximumRetryAttempts: 'used', MaximumEventAgeInSeconds: 'used' } },
          DeadLetterConfig: { members: { Arn: 'used' } },
          // Empty for a standard queue: only a FIFO queue has a group.
          SqsParameters: { members: {} },
        },
      },
    },
  },
};

export function provisionSchedules(resources: readonly Resource[], scheduler: Scheduler): void {
  for (const { type, properties, physicalName } of resources) {
    if (type !== SCHEDULE) continue;
    const { GroupName, ...definition } = properties;
    scheduler.createSchedule({ ...(definition as unknown as ScheduleDefinition), Name: physicalName });
  }
}
