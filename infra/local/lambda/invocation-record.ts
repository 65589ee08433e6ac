/** How an asynchronous invocation ended. */
export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** What the last attempt at an invocation gave. */
export interface LastResponse {
  /** 200 if the function ran, 429 if it was throttled. */
  readonly statusCode: number;
  readonly executedVersion?: string;
  readonly functionError?: string;
  /** JSON. Absent if the function did not run. */
  readonly payload?: string;
}

/** An asynchronous invocation that is over. */
export interface EndedInvocation {
  readonly requestId: string;
  /** With a qualifier, `$LATEST` if it was invoked without one. */
  readonly functionArn: string;
  readonly condition: Condition;
  /** How often the function ran. */
  readonly invokeCount: number;
  /** JSON. */
  readonly payload: string;
  /** Absent if there was no attempt. */
  readonly last?: LastResponse;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

/** An attribute of a queue's message. */
export interface MessageAttribute {
  readonly DataType: 'String' | 'Number';
  readonly StringValue: string;
}

/** The longest error message in a dead letter, in bytes. */
const MAX_ERROR_MESSAGE_BYTES = 1024;

/**
 * The record of an invocation for its destination: the bare record for a queue or a function, an event with it for a bus.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function toDestinationPayload(targetArn: string, ended: EndedInvocation): string {
  const record = toRecord(ended);
  if (!targetArn.startsWith('arn:aws:events:')) return JSON.stringify(record);
  const isSuccess = ended.condition === 'Success';
  return JSON.stringify({
    source: 'lambda',
    'detail-type': `Lambda Function Invocation Result - ${isSuccess ? 'Success' : 'Failure'}`,
    resources: [targetArn, ended.functionArn],
    time: `${record.timestamp.slice(0, 19)}Z`,
    detail: record,
  });
}

/**
 * The attributes of the message in the dead-letter queue; its body is the event itself.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function toDeadLetterAttributes({
  requestId,
  condition,
  last,
}: EndedInvocation): Record<string, MessageAttribute> {
  const message =
    condition === 'ZeroReservedConcurrency'
      ? 'Function not invoked. Function isconfigured with zero reserved concurrent executions'
      : errorMessageOf(last);
  return {
    RequestID: { DataType: 'String', StringValue: requestId },
    ...(last && { ErrorCode: { DataType: 'Number', StringValue: String(last.statusCode) } }),
    // A queue takes no empty attribute.
    ...(message !== '' && { ErrorMessage: { DataType: 'String', StringValue: firstKilobyte(message) } }),
  };
}

function toRecord({ requestId, functionArn, condition, invokeCount, payload, last, endedAt }: EndedInvocation) {
  const { payload: responsePayload, ...responseContext } = last ?? {};
  return {
    version: '1.0',
    timestamp: new Date(endedAt).toISOString(),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
    requestPayload: JSON.parse(payload) as unknown,
    ...(last && { responseContext }),
    ...(responsePayload !== undefined && { responsePayload: JSON.parse(responsePayload) as unknown }),
  };
}

function errorMessageOf(last: LastResponse | undefined): string {
  if (last?.statusCode === 429) return 'Rate Exceeded.';
  const response = JSON.parse(last?.payload ?? 'null') as { errorMessage?: unknown } | null;
  return String(response?.errorMessage ?? '');
}

function firstKilobyte(text: string): string {
  return Buffer.from(text).subarray(0, MAX_ERROR_MESSAGE_BYTES).toString('utf8');
}
