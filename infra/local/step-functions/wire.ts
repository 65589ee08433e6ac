import type { Machine } from './executions';
import { failureFields } from './history';
import type { ExecutionRecord, Revision } from './journal';
import { findRedriveObstacle } from './redrive';

type Wire = Record<string, unknown>;

/** `DescribeExecution` at that instant: instants on the wire are in epoch seconds. */
export function describeExecution(record: ExecutionRecord, nowMs: number): Wire {
  const { input, output, error, cause } = record;
  return {
    ...summarizeExecution(record),
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...failureFields(error, cause),
    ...redriveFields(findRedriveObstacle(record, nowMs)),
  };
}

/** An entry of `ListExecutions`. */
export function summarizeExecution(record: ExecutionRecord): Wire {
  const { executionArn, stateMachineArn, name, status, startedAtMs, stoppedAtMs, redrivenAtMs } = record;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: startedAtMs / 1000,
    ...(stoppedAtMs !== undefined && { stopDate: stoppedAtMs / 1000 }),
    redriveCount: record.redriveCount ?? 0,
    ...(redrivenAtMs !== undefined && { redriveDate: redrivenAtMs / 1000 }),
  };
}

function redriveFields(redriveStatusReason: string | undefined): Wire {
  if (redriveStatusReason === undefined) return { redriveStatus: 'REDRIVABLE' };
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
}

const BILLED_STEP_MS = 100;

/**
 * `StartSyncExecution`: an Express execution that has ended. It is billed in steps of 100 ms, and for the least memory.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
 */
export function describeSyncExecution(record: ExecutionRecord): Wire {
  const { executionArn, stateMachineArn, name, status, startedAtMs, stoppedAtMs = startedAtMs } = record;
  const steps = Math.max(Math.ceil((stoppedAtMs - startedAtMs) / BILLED_STEP_MS), 1);
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: startedAtMs / 1000,
    stopDate: stoppedAtMs / 1000,
    input: record.input,
    inputDetails: { included: true },
    ...(record.output !== undefined && { output: record.output }),
    outputDetails: { included: true },
    ...failureFields(record.error, record.cause),
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: steps * BILLED_STEP_MS },
  };
}

/** An entry of `ListStateMachines`. */
export function summarizeStateMachine({ stateMachineArn, name, type, createdAtMs }: Machine): Wire {
  return { stateMachineArn, name, type, creationDate: createdAtMs / 1000 };
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

function definitionFields({ definition, roleArn, logging }: Revision): Wire {
  return {
    definition,
    roleArn,
    loggingConfiguration: logging,
    tracingConfiguration: { enabled: false },
  };
}
