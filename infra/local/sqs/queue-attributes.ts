import { AwsError } from '../aws-error';
import type { Queue } from './queue';

/** Attributes that queues have elsewhere; here no queue has a value for them. */
const NEVER_SET = ['Policy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];

/**
 * What GetQueueAttributes answers about a queue.
 *
 * @throws {AwsError} `InvalidAttributeName` for a name that SQS does not know.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export function selectQueueAttributes(queue: Queue, wanted: readonly string[]): Record<string, string> {
  const all = queueAttributes(queue);
  const unknown = wanted.find((name) => name !== 'All' && !(name in all) && !NEVER_SET.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const isWanted = (name: string) => wanted.includes('All') || wanted.includes(name);
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value !== undefined && isWanted(name) ? [[name, value]] : [])),
  );
}

function queueAttributes(queue: Queue): Record<string, string | undefined> {
  const { settings, arn, createdAt } = queue;
  const { visible, inFlight, delayed } = queue.count();
  const createdAtSeconds = String(Math.floor(createdAt / 1000));
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: createdAtSeconds,
    LastModifiedTimestamp: createdAtSeconds,
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MaximumMessageSize: String(settings.maximumMessageBytes),
    MessageRetentionPeriod: String(settings.messageRetentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    SqsManagedSseEnabled: 'true',
    RedrivePolicy: settings.redrivePolicy && JSON.stringify(settings.redrivePolicy),
    RedriveAllowPolicy: settings.redriveAllowPolicy && JSON.stringify(settings.redriveAllowPolicy),
  };
}
