import type { Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { provisionStateMachines } from '../../../../infra/local/resources/step-functions';
import type { StateMachine, StepFunctions } from '../../../../infra/local/step-functions/step-functions';
import { ROLE } from './bench';

function provisioned(properties: Record<string, unknown>): StateMachine[] {
  const States = { Done: { Type: 'Succeed', Output: { to: `${'$'}{Target}`, other: `${'$'}{Other}` } } };
  const DefinitionString = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States });
  const resource = {
    type: 'AWS::StepFunctions::StateMachine',
    physicalName: 'machine',
    properties: { DefinitionString, RoleArn: ROLE, ...properties },
  } as unknown as Resource;
  const created: StateMachine[] = [];
  provisionStateMachines([resource], {
    createStateMachine: (machine: StateMachine) => void created.push(machine),
  } as unknown as StepFunctions);
  return created;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html */
describe('AWS::StepFunctions::StateMachine', () => {
  it('is a Standard machine that logs nothing unless told', () => {
    const [machine] = provisioned({});

    expect(machine).toMatchObject({ name: 'machine', type: 'STANDARD', roleArn: ROLE });
    expect(machine).not.toHaveProperty('log');
  });

  it.each(['ALL', 'ERROR'])(
    'has the type and the logging (%s) of the template, and the substitutions made',
    (level) => {
      const logGroupArn = 'arn:aws:logs:eu-central-1:111111111111:log-group:/aws/vendedlogs/states/machine:*';
      const Destinations = [{ CloudWatchLogsLogGroup: { LogGroupArn: logGroupArn } }];

      const created = provisioned({
        StateMachineType: 'EXPRESS',
        DefinitionSubstitutions: { Target: 'there' },
        LoggingConfiguration: { Level: level, IncludeExecutionData: false, Destinations },
      });

      expect(created).toMatchObject([
        {
          type: 'EXPRESS',
          definition: expect.stringContaining(`"to":"there","other":"${'$'}{Other}"`),
          log: { level, groupArn: logGroupArn },
        },
      ]);
    },
  );

  it('logs nothing at the level OFF', () => {
    expect(provisioned({ LoggingConfiguration: { Level: 'OFF' } })[0]).not.toHaveProperty('log');
  });
});
