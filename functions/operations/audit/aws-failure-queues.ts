import type { SFNClient } from '@aws-sdk/client-sfn';
import { AwsClient } from 'aws4fetch';
import { listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName } from '../../../lib/service/names';
import { services } from '../../services';
import type { FailureQueueEntry } from './books';

const TIMEOUT_MS = 10_000;

/**
 * How many dead letters the consumers of a stage have. Those of jobs do not count: the next run makes up for one that failed. SQS is
 * asked without an SDK client of its own: region and credentials are those of another one, and `endpoint` is the local cloud's, if
 * it is that one.
 *
 * @throws {Error} when SQS refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export async function readFailureQueues(
  config: SFNClient['config'],
  endpoint: string | undefined,
  stage: string,
): Promise<FailureQueueEntry[]> {
  const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
  const region = await config.region();
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: 'sqs' });
  const ask = async (operation: string, body: object): Promise<SqsAnswer> => {
    const response = await client.fetch(endpoint ?? `https://sqs.${region}.amazonaws.com`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`SQS refused ${operation}: ${response.status} ${await response.text()}`);
    return (await response.json()) as SqsAnswer;
  };

  // A consumer that is not deployed has no queue.
  const { QueueUrls = [] } = await ask('ListQueues', { QueueNamePrefix: `holdfast-${stage}-` });
  const counted = new Set(failureQueueNames(stage));
  const entries: FailureQueueEntry[] = [];
  for (const QueueUrl of QueueUrls) {
    const queue = QueueUrl.split('/').at(-1) ?? QueueUrl;
    if (!counted.has(queue)) continue;
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const { Attributes = {} } = await ask('GetQueueAttributes', { QueueUrl, AttributeNames });
    entries.push({ queue, messages: Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0) });
  }
  return entries;
}

/** The dead-letter queues whose letters stand for something that has not happened. */
function failureQueueNames(stage: string): string[] {
  return listConsumers(services)
    .filter(({ contract }) => contract.trigger.kind !== 'schedule')
    .map(({ service, handler }) => deadLetterQueueName(stage, service, handler));
}

interface SqsAnswer {
  readonly QueueUrls?: readonly string[];
  readonly Attributes?: Readonly<Record<string, string>>;
}
