import { awsRequest } from '../../../lib/aws/aws-request';
import { ServiceUnavailableError } from '../../../lib/errors/request-errors';

/** A queue as SQS describes it. The counts are approximate: they may lag a minute behind what was sent and taken. */
export interface QueueState {
  readonly url: string;
  readonly arn: string;
  /** Messages that a receiver would get. */
  readonly visible: number;
  /** Messages that somebody has received and not deleted yet, and those that came back and cannot be had for two minutes. */
  readonly hidden: number;
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** For one request, beside the wait of a long poll. */
const TIMEOUT_MS = 2_000;
const LONG_POLL_SECONDS = 1;
/** What one request can look at. */
const PEEK_COUNT = 10;

/**
 * How a queue is now.
 *
 * @throws {ServiceUnavailableError} when SQS does not answer or refuses, also when the queue does not exist: SQS says the same of one
 *   that may not be read.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export async function getQueue(queueName: string): Promise<QueueState> {
  const { QueueUrl } = await ask<{ QueueUrl: string }>('GetQueueUrl', queueName, { QueueName: queueName });
  const AttributeNames = ['QueueArn', ...COUNTS];
  const request = { QueueUrl, AttributeNames };
  const { Attributes } = await ask<{ Attributes: Record<string, string> }>('GetQueueAttributes', queueName, request);
  return {
    url: QueueUrl,
    arn: Attributes.QueueArn ?? '',
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden:
      Number(Attributes.ApproximateNumberOfMessagesNotVisible) + Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

/**
 * When the oldest of up to ten messages was sent, in epoch milliseconds: of all that are there, unless there are more. Nothing when
 * none is visible. The instant is that of the first sending; it stays when SQS moves a message to its dead-letter queue.
 *
 * CloudWatch knows the age of the oldest message, minutes late, and in a dead-letter queue only since it was moved there. So this
 * receives messages and hides them for no time: whoever else receives gets them too. Each look adds one to their receive count,
 * which decides nothing where there is no redrive policy; after three, CloudWatch's metric of the age passes a message over.
 *
 * @throws {ServiceUnavailableError} when SQS does not answer or refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export async function findOldestSentAt({ url, arn }: QueueState): Promise<number | undefined> {
  const request = {
    QueueUrl: url,
    MaxNumberOfMessages: PEEK_COUNT,
    VisibilityTimeout: 0,
    // A short poll asks some of SQS's servers only, and may miss the few messages of a small queue.
    WaitTimeSeconds: LONG_POLL_SECONDS,
    MessageSystemAttributeNames: ['SentTimestamp'],
  };
  const { Messages = [] } = await ask<{ Messages?: Array<{ Attributes?: Record<string, string> }> }>(
    'ReceiveMessage',
    arn,
    request,
    TIMEOUT_MS + LONG_POLL_SECONDS * 1_000,
  );
  const sentAt = Messages.map(({ Attributes }) => Number(Attributes?.SentTimestamp));
  return sentAt.length === 0 ? undefined : Math.min(...sentAt);
}

/**
 * Whether a task is moving the messages of a dead-letter queue.
 *
 * @throws {ServiceUnavailableError} when SQS does not answer or refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
 */
export async function isBeingMoved(deadLetterQueueArn: string): Promise<boolean> {
  const request = { SourceArn: deadLetterQueueArn, MaxResults: 1 };
  const { Results = [] } = await ask<{ Results?: Array<{ Status: string }> }>(
    'ListMessageMoveTasks',
    deadLetterQueueArn,
    request,
  );
  return Results[0]?.Status === 'RUNNING';
}

/**
 * Starts a task that moves the messages of a dead-letter queue to another queue, as new messages. SQS runs one at a time for a
 * queue and refuses a second, and it moves only from queues that are the dead-letter queue of another.
 *
 * @throws {ServiceUnavailableError} when SQS does not answer (the task may have been started) or refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export async function startMove(deadLetterQueueArn: string, destinationArn: string): Promise<void> {
  // Letters of EventBridge, Lambda and our own code came from no queue: without a destination SQS would not know where to.
  const request = { SourceArn: deadLetterQueueArn, DestinationArn: destinationArn };
  await ask('StartMessageMoveTask', deadLetterQueueArn, request);
}

/** `about` is for the log: which queue it was. */
async function ask<Answer>(operation: string, about: string, body: object, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  try {
    const response = await awsRequest({
      service: 'sqs',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify(body),
      timeoutMs,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`SQS answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw new ServiceUnavailableError('SQS', new Error(`${operation} of ${about}`, { cause: error }));
  }
}
