import { AwsError } from '../aws-error';
import { MAX_EVENTS } from './history';
import type { ExecutionRecord, Position } from './journal';

const DAY_MS = 24 * 3600 * 1000;
const MAX_REDRIVE_AGE_MS = 14 * DAY_MS;
const MAX_OPEN_MS = 365 * DAY_MS;
const TOKEN_AGE_MS = 15 * 60 * 1000;
const MAX_TOKENS = 10;

/**
 * Why an execution cannot be redriven at that instant; `undefined` when it can.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function findRedriveObstacle(record: ExecutionRecord, nowMs: number): string | undefined {
  const { status, startedAtMs, stoppedAtMs = nowMs, eventCount = 0 } = record;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  // One event says that it is redriven, and the one that ends it must have room as well.
  if (eventCount >= MAX_EVENTS - 1) return 'Execution history event limit exceeded';
  if (nowMs - startedAtMs >= MAX_OPEN_MS) return 'Execution has exceeded the max execution time';
  if (nowMs - stoppedAtMs >= MAX_REDRIVE_AGE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

/** Whether a redrive with that client token was carried out already and is still remembered. */
export function isRepeatedRedrive(record: ExecutionRecord, clientToken: string | undefined, nowMs: number): boolean {
  return (record.redriveTokens ?? []).some(({ token, atMs }) => token === clientToken && nowMs - atMs < TOKEN_AGE_MS);
}

/**
 * The record of an execution that goes on after its unsuccessful end.
 *
 * @throws {AwsError} `ExecutionNotRedrivable`
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
export function redriven(record: ExecutionRecord, clientToken: string | undefined, nowMs: number): ExecutionRecord {
  const obstacle = findRedriveObstacle(record, nowMs);
  if (obstacle !== undefined) throw new AwsError('ExecutionNotRedrivable', obstacle);
  const { stoppedAtMs: _, error: __, cause: ___, redriveCount = 0, redriveTokens = [], ...kept } = record;
  const added = clientToken === undefined ? [] : [{ token: clientToken, atMs: nowMs }];
  return {
    ...kept,
    status: 'RUNNING',
    redriveCount: redriveCount + 1,
    redrivenAtMs: nowMs,
    redriveTokens: [...redriveTokens, ...added].slice(-MAX_TOKENS),
  };
}

/**
 * Where a redriven execution goes on: at the state where it stood, with that state's input and all its retries. A Task is
 * scheduled again, any other state is entered again.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function redrivePosition(position: Position, stateType: string | undefined): Position {
  const { resumeAtMs: _, entered, ...kept } = position;
  return { ...kept, retries: [], ...(stateType === 'Task' && entered !== undefined && { entered }) };
}
