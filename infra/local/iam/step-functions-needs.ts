import { anyResource, arnIn, type NeedsOf, ownAction } from './need';

const OF_MACHINES = ['StartExecution', 'StartSyncExecution', 'ListExecutions', 'DescribeStateMachine'];
const OF_EXECUTIONS = [
  'DescribeExecution',
  'DescribeStateMachineForExecution',
  'GetExecutionHistory',
  'RedriveExecution',
  'StopExecution',
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const stepFunctionsNeeds: Readonly<Record<string, NeedsOf>> = {
  ...ownAction('states', OF_MACHINES, arnIn('stateMachineArn')),
  ...ownAction('states', OF_EXECUTIONS, arnIn('executionArn')),
  ...ownAction('states', ['ListStateMachines'], anyResource),
};
