import { MESSAGE_ATTRIBUTES, QUEUE_ATTRIBUTES, readerOf } from './attributes';
import { runBatch } from './batch';
import { md5Of, parseNewMessage, type Sender, toReceiptHandle } from './message';
import { digestOfAttributes, selectAttributes } from './message-attributes';
import type { MoveTasks } from './move-tasks';
import { checkRequest, integerWithin, type Parameters, required, textsOf } from './parameters';
import type { Queue } from './queue';
import type { QueueTable } from './queue-table';
import { addMessage, changeVisibility, deleteMessage, receiveMessages } from './receiving';

/** What the room does for a request. */
type Operation = (...request: Request) => Promise<Record<string, unknown>>;

type Request = [parameters: Parameters, sender: Sender];

/** What the room does, by the operation's name. */
export function createOperations(queues: QueueTable, moveTasks: MoveTasks): Readonly<Record<string, Operation>> {
  const queueOf = (parameters: Parameters) => queues.get(required(parameters, 'QueueUrl'));
  const onMessages = Object.entries(ON_MESSAGES).flatMap(([name, run]) => {
    const single: Operation = async (parameters, sender) => run(queueOf(parameters), parameters, sender);
    const batch: Operation = async (parameters, sender) => {
      const queue = queueOf(parameters);
      return runBatch(parameters, async ({ Id, ...entry }) => {
        checkRequest(name, entry);
        return run(queue, entry, sender);
      });
    };
    return Object.entries({ [name]: single, [`${name}Batch`]: batch });
  });
  return {
    ...Object.fromEntries(onMessages),
    ReceiveMessage: async (parameters) => receive(queueOf(parameters), parameters),
    GetQueueAttributes: async (parameters) => {
      const read = readerOf(QUEUE_ATTRIBUTES, textsOf(parameters.AttributeNames));
      return { ...read(queueOf(parameters)) };
    },
    GetQueueUrl: async (parameters) => ({ QueueUrl: queues.get(required(parameters, 'QueueName')).url }),
    ListQueues: async ({ QueueNamePrefix = '' }) => {
      const found = queues.all().filter(({ settings }) => settings.queueName.startsWith(String(QueueNamePrefix)));
      return found.length === 0 ? {} : { QueueUrls: found.map(({ url }) => url).sort() };
    },
    StartMessageMoveTask: (parameters) => moveTasks.start(parameters),
    ListMessageMoveTasks: async (parameters) => moveTasks.list(parameters),
    CancelMessageMoveTask: (parameters) => moveTasks.cancel(parameters),
  };
}

/** What is done with one message of a queue: by a request of its own, or for an entry of a batch. */
const ON_MESSAGES: Readonly<Record<string, (queue: Queue, ...request: Request) => ReturnType<Operation>>> = {
  SendMessage: async (queue, parameters, sender) => {
    const message = parseNewMessage(parameters, queue.settings.maximumMessageBytes, sender);
    const { messageId, change } = addMessage(queue, message);
    await queue.shared.writes.write([change]);
    const digests = { MD5OfMessageBody: md5Of(message.body), ...digestOfAttributes(message.messageAttributes) };
    return { MessageId: messageId, ...digests };
  },
  DeleteMessage: async (queue, parameters) => {
    await deleteMessage(queue, required(parameters, 'ReceiptHandle'));
    return {};
  },
  ChangeMessageVisibility: async (queue, parameters) => {
    const receiptHandle = required(parameters, 'ReceiptHandle');
    required(parameters, 'VisibilityTimeout');
    await changeVisibility(queue, receiptHandle, integerWithin(parameters, 'VisibilityTimeout', [0, 43_200], 0));
    return {};
  },
};

async function receive(queue: Queue, parameters: Parameters): Promise<Record<string, unknown>> {
  const { visibilityTimeoutSeconds, receiveWaitSeconds } = queue.settings;
  const { MessageSystemAttributeNames, AttributeNames, MessageAttributeNames } = parameters;
  const systemNames = [...textsOf(MessageSystemAttributeNames), ...textsOf(AttributeNames)];
  const readAttributes = readerOf(MESSAGE_ATTRIBUTES, systemNames);
  const messages = await receiveMessages(queue, {
    maxCount: integerWithin(parameters, 'MaxNumberOfMessages', [1, 10], 1),
    visibilityTimeoutSeconds: integerWithin(parameters, 'VisibilityTimeout', [0, 43_200], visibilityTimeoutSeconds),
    waitSeconds: integerWithin(parameters, 'WaitTimeSeconds', [0, 20], receiveWaitSeconds),
  });
  const Messages = messages.map((message) => ({
    MessageId: message.messageId,
    ReceiptHandle: toReceiptHandle(message),
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    ...readAttributes(message),
    ...selectAttributes(message.messageAttributes, textsOf(MessageAttributeNames)),
  }));
  return Messages.length === 0 ? {} : { Messages };
}
