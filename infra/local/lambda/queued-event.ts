import type { Delivery } from '../delivery';
import type { AsynchronousConfig } from './asynchronous-config';
import type { FunctionTarget } from './function-table';
import {
  type EndedInvocation,
  type LastResponse,
  type MessageAttribute,
  toDeadLetterAttributes,
  toDestinationPayload,
} from './invocation-record';

/** A delivery of Lambda's own: a dead letter has attributes, which only a queue's message can carry. */
export interface LambdaDelivery extends Delivery {
  readonly messageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

/** An accepted invocation, as it is kept. */
export interface QueuedEvent {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly traceHeader?: string;
  /** Epoch milliseconds, like `dueAt`. */
  readonly acceptedAt: number;
  readonly dueAt: number;
  /** How often the function has run. */
  readonly invokeCount: number;
  /** How often in a row it could not be run. */
  readonly refusals: number;
  readonly last?: LastResponse;
  /** What remains to be handed over once the invocation is over. */
  readonly deliveries?: readonly LambdaDelivery[];
  readonly failedDeliveries?: number;
}

/** What has to be handed over when an invocation is over: its record, and if it failed, its event as a dead letter. */
export function toDeliveries(
  event: QueuedEvent,
  { definition, invokedArn, qualifier }: FunctionTarget,
  config: Partial<AsynchronousConfig>,
  end: Pick<EndedInvocation, 'condition' | 'endedAt'>,
): LambdaDelivery[] {
  const unqualifiedArn = invokedArn.split(':').slice(0, 7).join(':');
  const functionArn = qualifier === undefined ? `${invokedArn}:$LATEST` : invokedArn;
  const ended: EndedInvocation = { ...event, ...end, functionArn };
  const source = { service: 'lambda', arn: unqualifiedArn, roleArn: definition.roleArn };
  const isSuccess = end.condition === 'Success';
  const recordTo = isSuccess ? config.onSuccessArn : config.onFailureArn;
  const deadLetterTo = isSuccess ? undefined : definition.deadLetterArn;
  const deliveries: LambdaDelivery[] = [];
  if (recordTo !== undefined) {
    deliveries.push({ targetArn: recordTo, payload: toDestinationPayload(recordTo, ended), source });
  }
  if (deadLetterTo !== undefined) {
    const messageAttributes = toDeadLetterAttributes(ended);
    deliveries.push({ targetArn: deadLetterTo, payload: event.payload, source, messageAttributes });
  }
  return deliveries;
}
