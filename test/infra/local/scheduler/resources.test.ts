import type { Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { provisionSchedules } from '../../../../infra/local/resources/scheduler';
import type { ScheduleDefinition, Scheduler } from '../../../../infra/local/scheduler/scheduler';

describe('a schedule of a template', () => {
  it('is made with its physical name, whatever else is in the template', () => {
    const made: ScheduleDefinition[] = [];
    const scheduler = { createSchedule: (definition: ScheduleDefinition) => made.push(definition) };
    const properties = {
      GroupName: 'default',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '15' },
      Target: { Arn: 'arn', RoleArn: 'role', RetryPolicy: { MaximumRetryAttempts: '2' } },
    };
    const resources = [
      { type: 'AWS::Scheduler::Schedule', physicalName: 'stack-sweep-X', properties },
      { type: 'AWS::Lambda::Function', physicalName: 'f', properties: {} },
    ] as unknown as Resource[];

    provisionSchedules(resources, scheduler as unknown as Scheduler);

    expect(made).toEqual([
      {
        Name: 'stack-sweep-X',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '15' },
        Target: { Arn: 'arn', RoleArn: 'role', RetryPolicy: { MaximumRetryAttempts: '2' } },
      },
    ]);
  });
});
