import type { Delivery, MessageAttributes } from '../delivery';
import type { FunctionTarget } from './function-table';

/** How an asynchronous invocation ended. */
export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

/** An asynchronous invocation that is over. */
export interface EndedInvocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** How often the function ran. */
  readonly invokeCount: number;
  /** What the last attempt gave; absent if there was none. */
  readonly last?: {
    /** 200 if the function ran, 429 if it was throttled. */
    readonly statusCode: number;
    readonly executedVersion?: string;
    readonly functionError?: string;
    /** JSON. Absent if the function did not run. */
    readonly payload?: string;
  };
}

/** The longest error message in a dead letter, in bytes. */
const MAX_ERROR_MESSAGE_BYTES = 1024;

/**
 * What has to be handed over when an invocation is over: its record, and if it failed, its event as a dead letter.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function toDeliveries(
  event: EndedInvocation,
  { definition, invokedArn, qualifier }: FunctionTarget,
  destinations: { readonly onSuccessArn?: string; readonly onFailureArn?: string },
  condition: Condition,
  endedAt: number,
): Delivery[] {
  const functionArn = qualifier === undefined ? `${invokedArn}:$LATEST` : invokedArn;
  const unqualifiedArn = functionArn.split(':').slice(0, 7).join(':');
  const source = { service: 'lambda', arn: unqualifiedArn, roleArn: definition.roleArn };
  const isSuccess = condition === 'Success';
  const recordTo = isSuccess ? destinations.onSuccessArn : destinations.onFailureArn;
  const { deadLetterArn } = definition;
  const deliveries: Delivery[] = [];
  if (recordTo !== undefined) {
    const payload = JSON.stringify(toRecord(event, functionArn, condition, endedAt));
    deliveries.push({ targetArn: recordTo, payload, source });
  }
  if (!isSuccess && deadLetterArn !== undefined) {
    const messageAttributes = toDeadLetterAttributes(event);
    deliveries.push({ targetArn: deadLetterArn, payload: event.payload, source, messageAttributes });
  }
  return deliveries;
}

function toRecord(
  { requestId, invokeCount, payload, last }: EndedInvocation,
  functionArn: string,
  condition: Condition,
  endedAt: number,
) {
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

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
function toDeadLetterAttributes({ requestId, last }: EndedInvocation): MessageAttributes {
  const message = Buffer.from(toErrorMessage(last)).subarray(0, MAX_ERROR_MESSAGE_BYTES).toString('utf8');
  return {
    RequestID: { DataType: 'String', StringValue: requestId },
    ...(last && { ErrorCode: { DataType: 'Number', StringValue: String(last.statusCode) } }),
    // A queue takes no empty attribute.
    ...(message !== '' && { ErrorMessage: { DataType: 'String', StringValue: message } }),
  };
}

function toErrorMessage(last: EndedInvocation['last']): string {
  if (last?.statusCode === 429) return 'Rate Exceeded.';
  const response = JSON.parse(last?.payload ?? 'null') as { errorMessage?: unknown } | null;
  return String(response?.errorMessage ?? '');
}
