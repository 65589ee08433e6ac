import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import {
  archiveArn,
  DEFAULT_BUS,
  type EventBridge,
  eventBusArn,
  type RuleTarget,
  ruleArn,
  toBusName,
} from '../event-bridge/event-bridge';
import { isPresent, member, numberOf, textOf } from './properties';

const BUS = 'AWS::Events::EventBus';
const RULE = 'AWS::Events::Rule';
const ARCHIVE = 'AWS::Events::Archive';

const busOf = (rule: NamingContext) => toBusName(rule.property('EventBusName'));

/** Buses, rules and archives. */
export const eventBridgeTypes: ResourceTypes = {
  [BUS]: {
    physicalName: { property: 'Name', maximumLength: 256 },
    attributes: { Arn: (bus) => eventBusArn(bus, bus.physicalName), Name: (bus) => bus.physicalName },
    properties: { Name: 'used', Description: 'ignored', Tags: 'ignored' },
  },
  [RULE]: {
    physicalName: { property: 'Name', maximumLength: 64 },
    ref: (rule) => (busOf(rule) === DEFAULT_BUS ? rule.physicalName : `${busOf(rule)}|${rule.physicalName}`),
    attributes: { Arn: (rule) => ruleArn(rule, busOf(rule), rule.physicalName) },
    properties: {
      Name: 'used',
      Description: 'used',
      EventBusName: 'used',
      EventPattern: 'used',
      // Known only to be refused with the type that is to be used instead.
      ScheduleExpression: 'used',
      State: { oneOf: ['ENABLED', 'DISABLED'] },
      RoleArn: 'used',
      Targets: {
        members: {
          Id: 'used',
          Arn: 'used',
          RoleArn: 'used',
          Input: 'used',
          InputPath: 'used',
          InputTransformer: { members: { InputPathsMap: 'used', InputTemplate: 'used' } },
          RetryPolicy: { members: { MaximumRetryAttempts: 'used', MaximumEventAgeInSeconds: 'used' } },
          DeadLetterConfig: { members: { Arn: 'used' } },
        },
      },
      Tags: 'ignored',
    },
  },
  [ARCHIVE]: {
    physicalName: { property: 'ArchiveName', maximumLength: 48 },
    attributes: {
      Arn: (archive) => archiveArn(archive, archive.physicalName),
      ArchiveName: (archive) => archive.physicalName,
    },
    properties: {
      ArchiveName: 'used',
      Description: 'used',
      EventPattern: 'used',
      // The CDK writes it always; empty, it means the key of AWS.
      KmsKeyIdentifier: { oneOf: [''] },
      RetentionDays: 'used',
      SourceArn: 'used',
    },
  },
};

/**
 * Makes the buses, then what lies on them.
 *
 * @throws {Error} when a rule has a schedule or no pattern, and for what the room refuses
 */
export function provisionEventBridge(resources: readonly Resource[], room: EventBridge): void {
  const all = (wanted: string) => resources.filter(({ type }) => type === wanted);
  for (const { physicalName } of all(BUS)) room.createEventBus({ name: physicalName });
  for (const { properties, physicalName } of all(RULE)) createRule(room, physicalName, properties);
  for (const { properties, physicalName } of all(ARCHIVE)) {
    room.createArchive({
      name: physicalName,
      eventBusName: textOf(properties.SourceArn),
      retentionDays: numberOf(properties.RetentionDays, 0),
      ...description(properties),
      ...(isPresent(properties.EventPattern) && { eventPattern: JSON.stringify(properties.EventPattern) }),
    });
  }
}

function createRule(room: EventBridge, name: string, properties: Resource['properties']): void {
  if (isPresent(properties.ScheduleExpression)) {
    throw new Error(
      `Rule ${name} has a ScheduleExpression, which the local cloud has in AWS::Scheduler::Schedule only`,
    );
  }
  if (!isPresent(properties.EventPattern)) throw new Error(`Rule ${name} must have an EventPattern`);
  room.createRule({
    name,
    eventPattern: JSON.stringify(properties.EventPattern),
    state: properties.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    targets: ((properties.Targets ?? []) as Array<Record<string, unknown>>).map(toTarget),
    ...description(properties),
    ...(isPresent(properties.EventBusName) && { eventBusName: textOf(properties.EventBusName) }),
    ...(isPresent(properties.RoleArn) && { roleArn: textOf(properties.RoleArn) }),
  });
}

function toTarget(target: Record<string, unknown>): RuleTarget {
  const policy = member(target, 'RetryPolicy');
  const limits = Object.entries(policy ?? {}).map(([name, limit]) => [name, Number(limit)]);
  return { ...(target as unknown as RuleTarget), ...(policy && { RetryPolicy: Object.fromEntries(limits) }) };
}

function description({ Description }: Resource['properties']): { description?: string } {
  return isPresent(Description) ? { description: textOf(Description) } : {};
}
