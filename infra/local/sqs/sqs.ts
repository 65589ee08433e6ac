/** The SQS room: standard queues with visibility and retention, enough to keep and read what a service gave up. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { Queue, type QueueDefinition } from './queue';

export type { QueueDefinition } from './queue';

/** What the room needs to know. */
export interface SqsOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** The local cloud's own address: SDK clients call the host of a queue's URL. */
  readonly awsEndpoint: string;
}

/** The queues of the local cloud. */
export interface Sqs {
  /**
   * Makes a queue known; messages of an earlier run are in it.
   *
   * @throws {Error} when the name is taken.
   */
  createQueue(definition: QueueDefinition): void;
  /**
   * Sends for another room, such as an on-failure destination.
   *
   * @throws {AwsError} `QueueDoesNotExist`.
   */
  send(queueArn: string, body: string): Promise<void>;
  /**
   * Answers an operation of the protocol AmazonSQS (JSON 1.0), such as `SendMessage`.
   *
   * @throws {AwsError} `QueueDoesNotExist`, `InvalidParameterValue`, `ReceiptHandleIsInvalid`, or `UnsupportedOperation`
   *   for every operation and parameter that the room does not know.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
   */
  handle(operation: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  queueArn(queueName: string): string;
  /** `<awsEndpoint>/<account>/<name>` */
  queueUrl(queueName: string): string;
}

type Operation = (body: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>;

/** Parameters of each operation that the room knows. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['QueueUrl', 'MessageBody'],
  ReceiveMessage: [
    'QueueUrl',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
    'AttributeNames',
    'MessageSystemAttributeNames',
    'MessageAttributeNames',
  ],
  DeleteMessage: ['QueueUrl', 'ReceiptHandle'],
  GetQueueAttributes: ['QueueUrl', 'AttributeNames'],
  GetQueueUrl: ['QueueName'],
  ListQueues: ['QueueNamePrefix'],
};

/** Opens the room without any queue. */
export async function openSqs(options: SqsOptions): Promise<Sqs> {
  const { store, clock, region, accountId, awsEndpoint } = options;
  const queues = new Map<string, Queue>();
  const queueArn = (queueName: string) => `arn:aws:sqs:${region}:${accountId}:${queueName}`;
  const queueUrl = (queueName: string) => `${awsEndpoint}/${accountId}/${queueName}`;

  function getQueue(address: unknown, separator: string): Queue {
    const queue = queues.get(String(address).split(separator).at(-1) ?? '');
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', `The queue ${address} does not exist`);
    return queue;
  }

  const operations: Record<string, Operation> = {
    SendMessage: ({ QueueUrl, MessageBody }) => getQueue(QueueUrl, '/').send(String(MessageBody ?? '')),
    ReceiveMessage: async (body) => {
      const queue = getQueue(body.QueueUrl, '/');
      const messages = await queue.receive(toReceiveOptions(body, queue.definition));
      return messages.length === 0 ? {} : { Messages: messages };
    },
    DeleteMessage: async ({ QueueUrl, ReceiptHandle }) => {
      await getQueue(QueueUrl, '/').delete(ReceiptHandle);
      return {};
    },
    GetQueueAttributes: async ({ QueueUrl, AttributeNames }) =>
      toAttributes(getQueue(QueueUrl, '/'), queueArn, toNames(AttributeNames)),
    GetQueueUrl: async ({ QueueName }) => ({ QueueUrl: queueUrl(getQueue(QueueName, '/').definition.queueName) }),
    ListQueues: async ({ QueueNamePrefix = '' }) => {
      const names = [...queues.keys()].filter((name) => name.startsWith(String(QueueNamePrefix)));
      return names.length === 0 ? {} : { QueueUrls: names.map(queueUrl) };
    },
  };

  return {
    createQueue(definition) {
      if (queues.has(definition.queueName)) throw new Error(`queue ${definition.queueName} exists already`);
      queues.set(definition.queueName, new Queue(definition, store, clock));
    },
    send: async (arn, body) => {
      await getQueue(arn, ':').send(body);
    },
    handle: async (operation, body) => {
      const run = operations[operation];
      if (run === undefined) {
        throw new AwsError('UnsupportedOperation', `the local SQS does not support ${operation}`);
      }
      const unknown = Object.keys(body).filter((name) => !PARAMETERS[operation]?.includes(name));
      if (unknown.length > 0) {
        throw new AwsError(
          'UnsupportedOperation',
          `the local SQS does not support ${unknown.join(', ')} of ${operation}`,
        );
      }
      return run(body);
    },
    queueArn,
    queueUrl,
  };
}

function toReceiveOptions(body: Readonly<Record<string, unknown>>, definition: QueueDefinition) {
  const maxCount = Number(body.MaxNumberOfMessages ?? 1);
  if (!Number.isInteger(maxCount) || maxCount < 1 || maxCount > 10) {
    throw new AwsError('InvalidParameterValue', `MaxNumberOfMessages must be 1 to 10, got ${body.MaxNumberOfMessages}`);
  }
  const visibilityTimeoutSeconds = Number(body.VisibilityTimeout ?? definition.visibilityTimeoutSeconds);
  if (!(visibilityTimeoutSeconds >= 0 && visibilityTimeoutSeconds <= 43_200)) {
    throw new AwsError('InvalidParameterValue', `VisibilityTimeout must be 0 to 43200, got ${body.VisibilityTimeout}`);
  }
  const attributeNames = [...toNames(body.MessageSystemAttributeNames), ...toNames(body.AttributeNames)];
  return { maxCount, visibilityTimeoutSeconds, attributeNames };
}

async function toAttributes(queue: Queue, queueArn: (name: string) => string, wanted: readonly string[]) {
  const { definition, createdAt } = queue;
  const { visible, hidden } = await queue.count();
  const all: Record<string, string> = {
    QueueArn: queueArn(definition.queueName),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(hidden),
    ApproximateNumberOfMessagesDelayed: '0',
    VisibilityTimeout: String(definition.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(definition.messageRetentionSeconds),
    CreatedTimestamp: String(Math.floor(createdAt / 1000)),
  };
  const unknown = wanted.find((name) => name !== 'All' && !(name in all));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const names = wanted.includes('All') ? Object.keys(all) : wanted;
  return names.length === 0 ? {} : { Attributes: Object.fromEntries(names.map((name) => [name, all[name]])) };
}

function toNames(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
