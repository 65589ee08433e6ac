/** The SQS room: standard queues, their dead-letter queues, and the way back from there. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import type { Message, StoredMessage } from './message';
import { type MoveTask, MoveTasks, TASK_PREFIX } from './move-tasks';
import { createOperations, PARAMETERS } from './operations';
import { OrderedWrites } from './ordered-writes';
import { MESSAGE_PREFIX, Queue } from './queue';
import { type QueueDefinition, toSettings } from './queue-definition';
import { QueueTable } from './queue-table';
import { parseNewMessage } from './send-request';

export type { QueueDefinition } from './queue-definition';

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
   * @throws {Error} when the name is taken, a setting is not what SQS takes, or the dead-letter queue does not exist yet.
   */
  createQueue(definition: QueueDefinition): void;
  /**
   * Sends for another room, such as an on-failure destination.
   *
   * @throws {AwsError} `QueueDoesNotExist`, or what SendMessage answers to the body.
   */
  send(queueArn: string, body: string): Promise<void>;
  /**
   * Answers an operation of the protocol AmazonSQS (JSON 1.0), such as `SendMessage`. `caller`: who is the sender of what is
   * sent.
   *
   * @throws {AwsError} as SQS does, and `UnsupportedOperation` for every operation and parameter that the room does not know.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
   */
  handle(
    operation: string,
    body: Readonly<Record<string, unknown>>,
    caller?: { readonly accessKeyId?: string },
  ): Promise<Record<string, unknown>>;
  /**
   * Calls `listener` when a message of the queue may have become receivable; returns what ends that.
   *
   * @throws {AwsError} `QueueDoesNotExist`.
   */
  onArrival(queueArn: string, listener: () => void): () => void;
  queueArn(queueName: string): string;
  /** `<awsEndpoint>/<account>/<name>` */
  queueUrl(queueName: string): string;
  /** Lets waiting receivers go, and ends the writes. What was moving goes on at the next start. */
  close(): Promise<void>;
}

/** Opens the room without any queue. */
export async function openSqs(options: SqsOptions): Promise<Sqs> {
  const { store, clock, region, accountId, awsEndpoint } = options;
  const keptMessages = await listMessages(store);
  const keptTasks = await store.list<MoveTask>(TASK_PREFIX);
  const writes = new OrderedWrites(store);
  const queues = new QueueTable();
  const moveTasks = new MoveTasks(
    queues,
    writes,
    clock,
    keptTasks.map(({ value }) => value),
  );
  const queueArn = (queueName: string) => `arn:aws:sqs:${region}:${accountId}:${queueName}`;
  const queueUrl = (queueName: string) => `${awsEndpoint}/${accountId}/${queueName}`;
  const operations = createOperations({ queues, moveTasks, queueUrl });

  return {
    createQueue(definition) {
      const settings = toSettings(definition);
      const { queueName, redrivePolicy } = settings;
      const findDeadLetterQueue = () => queues.find(redrivePolicy?.deadLetterTargetArn);
      const queue = new Queue({ settings, arn: queueArn(queueName), clock, writes, findDeadLetterQueue });
      queues.add(queue);
      queue.load(keptMessages.get(queueName) ?? []);
      keptMessages.delete(queueName);
      moveTasks.resumeFrom(queue);
    },
    send: async (arn, body) => {
      const queue = queues.get(arn);
      await queue.send(parseNewMessage({ MessageBody: body }, queue.settings.maximumMessageBytes, accountId));
    },
    handle: async (operation, body, { accessKeyId = accountId } = {}) => {
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
      return run(body, accessKeyId);
    },
    onArrival: (arn, listener) => queues.get(arn).onArrival(listener),
    queueArn,
    queueUrl,
    close: async () => {
      for (const queue of queues.all()) queue.close();
      await moveTasks.close();
    },
  };
}

/** The messages of earlier runs, by the name of the queue. */
async function listMessages(store: KeyValueStore): Promise<Map<string, Message[]>> {
  const byQueue = new Map<string, Message[]>();
  for (const { key, value } of await store.list<StoredMessage>(MESSAGE_PREFIX)) {
    const queueName = key.slice(MESSAGE_PREFIX.length).split('/')[0] ?? '';
    const messages = byQueue.get(queueName) ?? [];
    messages.push({ ...value, key });
    byQueue.set(queueName, messages);
  }
  return byQueue;
}
