import type { Machine } from './executions';
import { failureFields, type HistoryEvent } from './history';
import type { ExecutionRecord, ExecutionStatus, Revision } from './journal';

type Wire = Record<string, unknown>;

/** `DescribeExecution`: instants are in epoch seconds. */
export function describeExecution(record: ExecutionRecord): Wire {
  const { input, output, error, cause, status } = record;
  return {
    ...summarizeExecution(record),
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...failureFields(error, cause),
    ...redriveFields(status),
  };
}

/** An entry of `ListExecutions`. */
export function summarizeExecution(record: ExecutionRecord): Wire {
  const { executionArn, stateMachineArn, name, status, startedAtMs, stoppedAtMs } = record;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: startedAtMs / 1000,
    ...(stoppedAtMs !== undefined && { stopDate: stoppedAtMs / 1000 }),
    redriveCount: 0,
  };
}

function redriveFields(status: ExecutionStatus): Wire {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  const redriveStatusReason = `Execution is ${status} and cannot be redriven`;
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
}

/** An entry of `ListStateMachines`. */
export function summarizeStateMachine({ stateMachineArn, name, createdAtMs }: Revision): Wire {
  return { stateMachineArn, name, type: 'STANDARD', creationDate: createdAtMs / 1000 };
}

/** `DescribeStateMachine`. */
export function describeStateMachine(machine: Machine): Wire {
  return { ...summarizeStateMachine(machine), status: 'ACTIVE', ...definitionFields(machine) };
}

/** `DescribeStateMachineForExecution`: the definition the execution runs, which may be older than the machine's. */
export function describeStateMachineForExecution(revision: Revision): Wire {
  const { stateMachineArn, name, createdAtMs } = revision;
  return { stateMachineArn, name, updateDate: createdAtMs / 1000, ...definitionFields(revision) };
}

function definitionFields({ definition, roleArn }: Revision): Wire {
  return {
    definition,
    roleArn,
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  };
}

const EXECUTION_DATA = ['input', 'output', 'parameters', 'assignedVariables'];

/** An event of `GetExecutionHistory` without what the states took in and gave out. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const members = Object.entries(event).map(([member, value]) => {
    if (!member.endsWith('EventDetails')) return [member, value];
    return [member, Object.fromEntries(Object.entries(value).filter(([field]) => !EXECUTION_DATA.includes(field)))];
  });
  return Object.fromEntries(members) as HistoryEvent;
}
