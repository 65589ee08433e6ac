import { AwsError } from '../aws-error';
import { parseEntries, runEntries } from './batch';
import { toReceivedMessage } from './message';
import type { MoveTasks } from './move-tasks';
import { integerWithin, type Parameters, requiredText, textsOf } from './parameters';
import type { Queue } from './queue';
import { selectQueueAttributes } from './queue-attributes';
import { MAX_MESSAGE_BYTES } from './queue-definition';
import { pageOf, type QueueTable } from './queue-table';
import { digestsOf, parseNewMessage, sizeOfMessage } from './send-request';

type Operation = (parameters: Parameters, senderId: string) => Promise<Record<string, unknown>>;

/** Parameters of each operation that the room knows. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageAttributes', 'MessageSystemAttributes'],
  SendMessageBatch: ['QueueUrl', 'Entries'],
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
  DeleteMessageBatch: ['QueueUrl', 'Entries'],
  ChangeMessageVisibility: ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'],
  ChangeMessageVisibilityBatch: ['QueueUrl', 'Entries'],
  GetQueueAttributes: ['QueueUrl', 'AttributeNames'],
  GetQueueUrl: ['QueueName'],
  ListQueues: ['QueueNamePrefix', 'MaxResults', 'NextToken'],
  ListDeadLetterSourceQueues: ['QueueUrl', 'MaxResults', 'NextToken'],
  PurgeQueue: ['QueueUrl'],
  StartMessageMoveTask: ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond'],
  ListMessageMoveTasks: ['SourceArn', 'MaxResults'],
  CancelMessageMoveTask: ['TaskHandle'],
};

/** Parameters of a message in a batch that the room knows. */
const SEND_ENTRY = ['Id', ...(PARAMETERS.SendMessage ?? []).slice(1)];

/** System attributes that only messages of FIFO queues have, or that no message has here. */
const SYSTEM_ATTRIBUTES = [
  ...['All', 'SenderId', 'SentTimestamp', 'ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'],
  ...['AWSTraceHeader', 'DeadLetterQueueSourceArn', 'SequenceNumber', 'MessageDeduplicationId', 'MessageGroupId'],
];

/** What the room does, by the operation's name. */
export function createOperations(room: {
  queues: QueueTable;
  moveTasks: MoveTasks;
  queueUrl: (queueName: string) => string;
}): Readonly<Record<string, Operation>> {
  const { queues, moveTasks, queueUrl } = room;
  const queueOf = (parameters: Parameters) => queues.get(requiredText(parameters, 'QueueUrl'));
  return {
    SendMessage: (parameters, senderId) => send(queueOf(parameters), parameters, senderId),
    SendMessageBatch: async (parameters, senderId) => {
      const queue = queueOf(parameters);
      const entries = parseEntries(parameters);
      checkBatchSize(entries);
      return { ...(await runEntries(entries, async (entry) => send(queue, checkEntry(entry), senderId))) };
    },
    ReceiveMessage: (parameters) => receive(queueOf(parameters), parameters),
    DeleteMessage: (parameters) => deleteMessage(queueOf(parameters), parameters),
    DeleteMessageBatch: async (parameters) => {
      const queue = queueOf(parameters);
      return { ...(await runEntries(parseEntries(parameters), async (entry) => deleteMessage(queue, entry))) };
    },
    ChangeMessageVisibility: (parameters) => changeVisibility(queueOf(parameters), parameters),
    ChangeMessageVisibilityBatch: async (parameters) => {
      const queue = queueOf(parameters);
      return { ...(await runEntries(parseEntries(parameters), async (entry) => changeVisibility(queue, entry))) };
    },
    GetQueueAttributes: async (parameters) => {
      const attributes = selectQueueAttributes(queueOf(parameters), textsOf(parameters.AttributeNames));
      return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
    },
    GetQueueUrl: async (parameters) => {
      const queueName = requiredText(parameters, 'QueueName');
      return { QueueUrl: queueUrl(queues.get(queueName).settings.queueName) };
    },
    ListQueues: async (parameters) => {
      const prefix = String(parameters.QueueNamePrefix ?? '');
      const matching = queues.all().filter(({ settings }) => settings.queueName.startsWith(prefix));
      const { names, ...next } = pageOf(matching, parameters);
      return names.length === 0 ? {} : { QueueUrls: names.map(queueUrl), ...next };
    },
    ListDeadLetterSourceQueues: async (parameters) => {
      const { names, ...next } = pageOf(queues.sourcesOf(queueOf(parameters)), parameters);
      return { queueUrls: names.map(queueUrl), ...next };
    },
    PurgeQueue: async (parameters) => {
      await queueOf(parameters).purge();
      return {};
    },
    StartMessageMoveTask: (parameters) => moveTasks.start(parameters),
    ListMessageMoveTasks: async (parameters) => moveTasks.list(parameters),
    CancelMessageMoveTask: (parameters) => moveTasks.cancel(parameters),
  };
}

async function send(queue: Queue, parameters: Parameters, senderId: string): Promise<Record<string, unknown>> {
  const message = parseNewMessage(parameters, queue.settings.maximumMessageBytes, senderId);
  return { MessageId: await queue.send(message), ...digestsOf(message) };
}

function checkEntry(entry: Parameters): Parameters {
  const unknown = Object.keys(entry).find((name) => !SEND_ENTRY.includes(name));
  if (unknown === undefined) return entry;
  throw new AwsError('UnsupportedOperation', `the local SQS does not support ${unknown} of SendMessageBatch`);
}

function checkBatchSize(entries: readonly Parameters[]): void {
  const size = entries.map(sizeOfMessage).reduce((sum, bytes) => sum + bytes, 0);
  if (size <= MAX_MESSAGE_BYTES) return;
  const message = `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${size} bytes.`;
  throw new AwsError('BatchRequestTooLong', message);
}

async function receive(queue: Queue, parameters: Parameters): Promise<Record<string, unknown>> {
  const { settings } = queue;
  const systemAttributeNames = [
    ...textsOf(parameters.MessageSystemAttributeNames),
    ...textsOf(parameters.AttributeNames),
  ];
  const unknown = systemAttributeNames.find((name) => !SYSTEM_ATTRIBUTES.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const messages = await queue.receive({
    maxCount: integerWithin(parameters, 'MaxNumberOfMessages', [1, 10], 1),
    visibilityTimeoutSeconds: integerWithin(
      parameters,
      'VisibilityTimeout',
      [0, 43_200],
      settings.visibilityTimeoutSeconds,
    ),
    waitSeconds: integerWithin(parameters, 'WaitTimeSeconds', [0, 20], settings.receiveWaitSeconds),
  });
  const wanted = { systemAttributeNames, messageAttributeNames: textsOf(parameters.MessageAttributeNames) };
  return messages.length === 0 ? {} : { Messages: messages.map((message) => toReceivedMessage(message, wanted)) };
}

async function deleteMessage(queue: Queue, parameters: Parameters): Promise<Record<string, unknown>> {
  await queue.delete(requiredText(parameters, 'ReceiptHandle'));
  return {};
}

async function changeVisibility(queue: Queue, parameters: Parameters): Promise<Record<string, unknown>> {
  const receiptHandle = requiredText(parameters, 'ReceiptHandle');
  const timeoutSeconds = integerWithin(parameters, 'VisibilityTimeout', [0, 43_200], undefined);
  if (timeoutSeconds === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  }
  await queue.changeVisibility(receiptHandle, timeoutSeconds);
  return {};
}
