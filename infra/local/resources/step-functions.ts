import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type StateMachine, type StepFunctions, stateMachineArn } from '../step-functions/step-functions';
import { makeEach } from './make-each';
import { member, textOf } from './properties';

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
          Level: { oneOf: ['ALL', 'ERROR', 'OFF'] },
          IncludeExecutionData: { oneOf: [false] },
          Destinations: { members: { CloudWatchLogsLogGroup: { members: { LogGroupArn: 'used' } } } },
        },
      },
      TracingConfiguration: { members: { Enabled: 'used' } },
      Tags: 'ignored',
    },
  },
};

/** @throws {Error} with a line for each definition that is not valid, or that uses what is not supported. */
export function provisionStateMachines(resources: readonly Resource[], stepFunctions: StepFunctions): void {
  makeEach(resources, STATE_MACHINE, ({ properties, physicalName }) => {
    const { DefinitionString, DefinitionSubstitutions = {}, LoggingConfiguration = {} } = properties;
    stepFunctions.createStateMachine({
      name: physicalName,
      definition: substitute(textOf(DefinitionString), DefinitionSubstitutions as Record<string, unknown>),
      type: properties.StateMachineType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
      roleArn: textOf(properties.RoleArn),
      isTraced: String(member(properties, 'TracingConfiguration')?.Enabled) === 'true',
      ...logOf(LoggingConfiguration as LoggingConfiguration),
    });
  });
}

interface LoggingConfiguration {
  Level?: 'ALL' | 'ERROR' | 'OFF';
  Destinations?: Array<{ CloudWatchLogsLogGroup?: { LogGroupArn?: string } }>;
}

function logOf({ Level = 'OFF', Destinations }: LoggingConfiguration): Pick<StateMachine, 'log'> {
  const groupArn = Destinations?.[0]?.CloudWatchLogsLogGroup?.LogGroupArn;
  return Level === 'OFF' || groupArn === undefined ? {} : { log: { level: Level, groupArn } };
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
