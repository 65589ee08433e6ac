/** The SQS room: standard queues, their dead-letter queues, and the way back from there. */
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { MESSAGE_PREFIX, type Message } from './message';
import { type MoveTask, MoveTasks, TASK_PREFIX } from './move-tasks';
import { createOperations } from './operations';
import { OrderedWrites } from './ordered-writes';
import { checkRequest } from './parameters';
import { DEFAULT_SETTINGS, Queue, type QueueSettings } from './queue';
import { QueueTable } from './queue-table';

/** A queue as a template describes it; for what is absent, SQS's defaults hold. */
export type QueueDefinition = Partial<QueueSettings> & Pick<QueueSettings, 'queueName'>;

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
   * @throws {Error} when the name is taken, or the dead-letter queue does not exist yet.
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
   * sent, and the request's `X-Amzn-Trace-Id`.
   *
   * @throws {AwsError} as SQS does, and `UnsupportedOperation` for every operation and parameter that the room does not know.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
   */
  handle(
    operation: string,
    body: Readonly<Record<string, unknown>>,
    caller?: { readonly accessKeyId?: string | undefined; readonly traceHeader?: string | undefined },
  ): Promise<Record<string, unknown>>;
  /**
   * Calls `listener` when a message of the queue may have become receivable; returns what ends that.
   *
   * @throws {AwsError} `QueueDoesNotExist`.
   */
  onArrival(queueArn: string, listener: () => void): () => void;
  /** `<awsEndpoint>/<account>/<name>` */
  queueUrl(queueName: string): string;
  /** Lets waiting receivers go, and ends the writes. What was moving goes on at the next start. */
  close(): Promise<void>;
}

/** Opens the room without any queue. */
export async function openSqs(options: SqsOptions): Promise<Sqs> {
  const { store, clock, region, accountId, awsEndpoint } = options;
  let unclaimed = (await store.list<Message>(MESSAGE_PREFIX)).map(({ value }) => value);
  const keptTasks = (await store.list<MoveTask>(TASK_PREFIX)).map(({ value }) => value);
  const queues = new QueueTable();
  const shared = { clock, writes: new OrderedWrites(store), queues };
  const moveTasks = new MoveTasks(shared, keptTasks);
  const operations = createOperations(queues, moveTasks);
  const queueUrl = (queueName: string) => `${awsEndpoint}/${accountId}/${queueName}`;
  const handle: Sqs['handle'] = async (operation, body, { accessKeyId: id = accountId, traceHeader } = {}) => {
    checkRequest(operation, body);
    return operations[operation]?.(body, { id, traceHeader }) ?? {};
  };

  return {
    createQueue(definition) {
      const { queueName } = definition;
      const arn = `arn:aws:sqs:${region}:${accountId}:${queueName}`;
      const queue = new Queue({ ...DEFAULT_SETTINGS, ...definition }, arn, queueUrl(queueName), shared);
      queues.add(queue);
      unclaimed = queue.load(unclaimed);
      moveTasks.resumeFrom(queue);
    },
    send: async (arn, body) => {
      await handle('SendMessage', { QueueUrl: arn, MessageBody: body });
    },
    handle,
    onArrival: (arn, listener) => queues.get(arn).onArrival(listener),
    queueUrl,
    close: async () => {
      for (const queue of queues.all()) queue.close();
      moveTasks.close();
      await shared.writes.done();
    },
  };
}
