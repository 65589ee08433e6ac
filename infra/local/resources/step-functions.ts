import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type LoggingConfiguration, type StepFunctions, stateMachineArn } from '../step-functions/step-functions';
import { textOf } from './properties';

const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

export const stepFunctionsTypes: ResourceTypes = {
  [STATE_MACHINE]: {
    physicalName: { property: 'StateMachineName', maximumLength: 80 },
    ref: (machine) => stateMachineArn(machine, machine.physicalName),
    attributes: {
      Arn: (machine) => stateMachineArn(machine, machine.physicalName),
      Name: (machine) => machine.physicalName,
    },
    properties: {
      StateMachineName: 'used',
      StateMachineType: { oneOf: ['STANDARD', 'EXPRESS'] },
      DefinitionString: 'used',
      DefinitionSubstitutions: 'used',
      RoleArn: 'used',
      LoggingConfiguration: {
        members: {
          Level: { oneOf: ['ALL', 'ERROR', 'FATAL', 'OFF'] },
          IncludeExecutionData: 'used',
          Destinations: { members: { CloudWatchLogsLogGroup: { members: { LogGroupArn: 'used' } } } },
        },
      },
      TracingConfiguration: { members: { Enabled: 'used' } },
      Tags: 'ignored',
    },
  },
};

export function provisionStateMachines(resources: readonly Resource[], stepFunctions: StepFunctions): void {
  for (const { type, properties, physicalName } of resources) {
    if (type !== STATE_MACHINE) continue;
    stepFunctions.createStateMachine({
      name: physicalName,
      definition: substitute(
        textOf(properties.DefinitionString),
        (properties.DefinitionSubstitutions ?? {}) as Record<string, unknown>,
      ),
      type: properties.StateMachineType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
      roleArn: textOf(properties.RoleArn),
      logging: toLogging(properties.LoggingConfiguration as LoggingProperty | undefined),
    });
  }
}

interface LoggingProperty {
  Level?: LoggingConfiguration['level'];
  IncludeExecutionData?: boolean | string;
  Destinations?: Array<{ CloudWatchLogsLogGroup?: { LogGroupArn?: unknown } }>;
}

function toLogging({ Level = 'OFF', IncludeExecutionData = false, Destinations }: LoggingProperty = {}) {
  const logGroupArn = Destinations?.[0]?.CloudWatchLogsLogGroup?.LogGroupArn;
  return {
    level: Level,
    includeExecutionData: String(IncludeExecutionData) === 'true',
    ...(logGroupArn !== undefined && {
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: textOf(logGroupArn) } }],
    }),
  };
}

/**
 * CloudFormation replaces `${name}` in the definition where the substitutions know the name.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html
 */
function substitute(definition: string, substitutions: Readonly<Record<string, unknown>>): string {
  return definition.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    name in substitutions ? textOf(substitutions[name]) : whole,
  );
}
