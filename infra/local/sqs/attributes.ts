import { AwsError } from '../aws-error';
import type { Message } from './message';
import type { Queue } from './queue';

/** What SQS tells of something, by the name under which it is asked for. */
type Attributes<T> = Readonly<Record<string, (from: T) => string | undefined>>;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export const QUEUE_ATTRIBUTES: Attributes<Queue> = {
  QueueArn: ({ arn }) => arn,
  ApproximateNumberOfMessages: (queue) => String(queue.counts().visible),
  ApproximateNumberOfMessagesNotVisible: (queue) => String(queue.counts().inFlight),
  ApproximateNumberOfMessagesDelayed: (queue) => String(queue.counts().delayed),
  VisibilityTimeout: ({ settings }) => String(settings.visibilityTimeoutSeconds),
  MaximumMessageSize: ({ settings }) => String(settings.maximumMessageBytes),
  MessageRetentionPeriod: ({ settings }) => String(settings.messageRetentionSeconds),
  DelaySeconds: ({ settings }) => String(settings.delaySeconds),
  ReceiveMessageWaitTimeSeconds: ({ settings }) => String(settings.receiveWaitSeconds),
  RedrivePolicy: ({ settings }) => settings.redrivePolicy && JSON.stringify(settings.redrivePolicy),
};

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MESSAGE_ATTRIBUTES: Attributes<Message> = {
  SenderId: ({ senderId }) => senderId,
  SentTimestamp: ({ sentAt }) => String(sentAt),
  ApproximateReceiveCount: ({ receiveCount }) => String(receiveCount),
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => String(firstReceivedAt),
  DeadLetterQueueSourceArn: ({ deadLetterSourceArn }) => deadLetterSourceArn,
  AWSTraceHeader: ({ traceHeader }) => traceHeader,
};

/**
 * Reads the attributes of those names, or all for the name `All`; those without a value are left out. The answer is a member of
 * a larger one: nothing when no attribute is left.
 *
 * @throws {AwsError} `InvalidAttributeName` when one is not in the table.
 */
export function readerOf<T>(table: Attributes<T>, names: readonly string[]): (from: T) => { Attributes?: object } {
  const unknown = names.find((name) => name !== 'All' && !Object.hasOwn(table, name));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const wanted = Object.entries(table).filter(([name]) => names.includes('All') || names.includes(name));
  return (from) => {
    const found = wanted.map(([name, read]) => [name, read(from)]).filter(([, value]) => value !== undefined);
    return found.length === 0 ? {} : { Attributes: Object.fromEntries(found) };
  };
}
