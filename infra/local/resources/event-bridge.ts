import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import {
  type ArchiveDefinition,
  archiveArn,
  DEFAULT_BUS,
  type EventBridge,
  eventBusArn,
  type RuleDefinition,
  ruleArn,
  toBusName,
} from '../event-bridge/event-bridge';

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
      ScheduleExpression: 'used',
      State: { oneOf: ['ENABLED', 'DISABLED'] },
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
 * @throws {Error} for what the room refuses
 */
export function provisionEventBridge(resources: readonly Resource[], room: EventBridge): void {
  const all = (wanted: string) => resources.filter(({ type }) => type === wanted);
  for (const { physicalName } of all(BUS)) room.createEventBus({ name: physicalName });
  for (const { properties, physicalName } of all(RULE)) {
    room.createRule({ ...properties, ...patternOf(properties), Name: physicalName } as RuleDefinition);
  }
  for (const { properties, physicalName } of all(ARCHIVE)) {
    const { KmsKeyIdentifier, ...definition } = properties;
    room.createArchive({ ...definition, ...patternOf(properties), ArchiveName: physicalName } as ArchiveDefinition);
  }
}

function patternOf({ EventPattern }: Resource['properties']): { EventPattern?: string } {
  return EventPattern === undefined ? {} : { EventPattern: JSON.stringify(EventPattern) };
}
