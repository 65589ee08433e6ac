import type { Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { provisionStateMachines } from '../../../../infra/local/resources/step-functions';
import { openStepFunctions, stateMachineArn } from '../../../../infra/local/step-functions/step-functions';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { PLACE, ROLE, START_MS } from './bench';

async function provisioned(properties: Record<string, unknown>) {
  const invokeLambda = async () => ({ payload: 'null' });
  const room = await openStepFunctions({ ...PLACE, store: memoryStore(), clock: manualClock(START_MS), invokeLambda });
  const States = { Done: { Type: 'Succeed', Output: { to: `${'$'}{Target}` } } };
  const DefinitionString = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States });
  const resource = {
    type: 'AWS::StepFunctions::StateMachine',
    physicalName: 'machine',
    properties: { DefinitionString, RoleArn: ROLE, ...properties },
  } as unknown as Resource;
  provisionStateMachines([resource], room);
  return room.handle('DescribeStateMachine', { stateMachineArn: stateMachineArn(PLACE, 'machine') });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html */
describe('AWS::StepFunctions::StateMachine', () => {
  it('is a Standard machine that logs nothing unless told', async () => {
    expect(await provisioned({})).toMatchObject({
      type: 'STANDARD',
      roleArn: ROLE,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    });
  });

  it('has the type and the logging of the template, and the substitutions made', async () => {
    const logGroupArn = 'arn:aws:logs:eu-central-1:111111111111:log-group:/aws/vendedlogs/states/machine:*';

    const described = await provisioned({
      StateMachineType: 'EXPRESS',
      DefinitionSubstitutions: { Target: 'there' },
      LoggingConfiguration: {
        Level: 'ERROR',
        IncludeExecutionData: 'true',
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: logGroupArn } }],
      },
    });

    expect(described).toMatchObject({
      type: 'EXPRESS',
      definition: expect.stringContaining('"to":"there"'),
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
      },
    });
  });
});
