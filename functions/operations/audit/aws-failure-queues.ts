import type { SFNClient } from '@aws-sdk/client-sfn';
import { AwsClient } from 'aws4fetch';
import type { FailureQueueEntry } from './books';

/** What the names of the queues have in them that take what failed for good. */
const FAILURE_QUEUE = /failures|dead-?letter|dlq/i;
const TIMEOUT_MS = 10_000;

/**
 * How many messages the failure queues hold whose names begin with `prefix`. SQS is asked without an SDK client of its own:
 * region and credentials are those of another one, and `endpoint` is the local cloud's, if it is that one.
 *
 * @throws {Error} when SQS refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export async function readFailureQueues(
  config: SFNClient['config'],
  endpoint: string | undefined,
  prefix: string,
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

  const { QueueUrls = [] } = await ask('ListQueues', { QueueNamePrefix: prefix });
  const entries: FailureQueueEntry[] = [];
  for (const QueueUrl of QueueUrls) {
    const queue = QueueUrl.split('/').at(-1) ?? QueueUrl;
    if (!FAILURE_QUEUE.test(queue)) continue;
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const { Attributes = {} } = await ask('GetQueueAttributes', { QueueUrl, AttributeNames });
    entries.push({ queue, messages: Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0) });
  }
  return entries;
}

interface SqsAnswer {
  readonly QueueUrls?: readonly string[];
  readonly Attributes?: Readonly<Record<string, string>>;
}
