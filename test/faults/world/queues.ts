import type { QueueMessage, QueueSource } from '../../../infra/local/lambda/queue-mapping';
import { openSqs, type Sqs } from '../../../infra/local/sqs/sqs';
import type { ServiceContract, Trigger } from '../../../lib/service/contract';
import { deadLetterQueueName, queueName } from '../../../lib/service/names';
import { countingStore } from './counting-store';
import { isForged } from './forgeries';
import { deadLetterArn, PLACE, queueArn, SQS_ENDPOINT, STAGE } from './place';
import type { SimulatedClock } from './simulated-clock';

type Wire = Record<string, unknown>;

/** A handler that gets what it works on through a queue, or has one to which dead letters are moved back. */
export interface Consumer {
  readonly service: ServiceContract;
  readonly handler: string;
  readonly trigger: Trigger;
  readonly timeoutSeconds: number;
}

/** The queues of all consumers, each with the one for its dead letters. */
export interface Queues {
  readonly consumers: readonly Consumer[];
  /** Messages that are not dead letters, hidden ones included. */
  readonly waiting: number;
  /** Dead letters, but for what was forged: there it belongs. */
  readonly deadLetters: number;
  /** An operation of SQS, in the wire form. @throws {AwsError} */
  handle(operation: string, request: Wire): Promise<Wire>;
  send(queueArn: string, body: string): Promise<void>;
  /** What the mapping of a queue reads. */
  sourceOf(queueArn: string): QueueSource;
  /** Moves dead letters back to the queues of their consumers, where there are any but forged ones. */
  redrive(): Promise<void>;
  /** The texts of all dead letters. */
  listDeadLetters(): Promise<string[]>;
  close(): Promise<void>;
}

/** As `infra/constructs` deploys them. */
const MAX_RECEIVE_COUNT = 30;
const DEAD_LETTERS_KEPT_SECONDS = 14 * 24 * 3600;
const VISIBILITY_TIMEOUTS = 6;

/** Makes the queues of the consumers of all services. */
export async function openQueues(services: readonly ServiceContract[], clock: SimulatedClock): Promise<Queues> {
  const store = countingStore(kindOf);
  const sqs = await openSqs({ store, clock, ...PLACE, awsEndpoint: SQS_ENDPOINT });
  const consumers = services.flatMap(consumersOf);
  for (const consumer of consumers) createQueues(sqs, consumer);
  return {
    consumers,
    get waiting() {
      return store.count('waiting');
    },
    get deadLetters() {
      return store.count('dead letter');
    },
    handle: (operation, request) => sqs.handle(operation, request),
    send: (arn, body) => sqs.send(arn, body),
    sourceOf: (arn) => sourceOf(sqs, arn),
    async redrive() {
      const letters = await store.list<Letter>(MESSAGES);
      for (const { service, handler } of consumers) {
        const name = deadLetterQueueName(STAGE, service.name, handler);
        if (!letters.some(({ key, value }) => queueOf(key) === name && !isForged(value.body))) continue;
        const [SourceArn, DestinationArn] = [deadLetterArn(service.name, handler), queueArn(service.name, handler)];
        await sqs.handle('StartMessageMoveTask', { SourceArn, DestinationArn });
      }
    },
    async listDeadLetters() {
      const messages = await store.list<Letter>(MESSAGES);
      return messages.filter(({ key }) => isOfDeadLetters(key)).map(({ value }) => value.body);
    },
    close: () => sqs.close(),
  };
}

interface Letter {
  readonly body: string;
}

const MESSAGES = 'message/';

/** A message's key is `message/<queue>/…`. */
function queueOf(key: string): string {
  return key.split('/')[1] ?? '';
}

function isOfDeadLetters(key: string): boolean {
  return queueOf(key).endsWith('-dead-letters');
}

function kindOf(key: string, value: unknown): string | undefined {
  if (!key.startsWith(MESSAGES)) return undefined;
  if (!isOfDeadLetters(key)) return 'waiting';
  return isForged((value as Letter).body) ? undefined : 'dead letter';
}

function consumersOf(service: ServiceContract): Consumer[] {
  return Object.entries(service.handlers).flatMap(([handler, { trigger, timeoutSeconds }]) =>
    ['stream', 'relay', 'events'].includes(trigger.kind) ? [{ service, handler, trigger, timeoutSeconds }] : [],
  );
}

function createQueues(sqs: Sqs, { service, handler, timeoutSeconds }: Consumer): void {
  sqs.createQueue({
    queueName: deadLetterQueueName(STAGE, service.name, handler),
    messageRetentionSeconds: DEAD_LETTERS_KEPT_SECONDS,
  });
  sqs.createQueue({
    queueName: queueName(STAGE, service.name, handler),
    visibilityTimeoutSeconds: visibilityTimeoutSeconds(timeoutSeconds),
    redrivePolicy: {
      deadLetterTargetArn: deadLetterArn(service.name, handler),
      maxReceiveCount: MAX_RECEIVE_COUNT,
    },
  });
}

/** How long the queue of a function hides what it has handed out. */
export function visibilityTimeoutSeconds(timeoutSeconds: number): number {
  return VISIBILITY_TIMEOUTS * timeoutSeconds;
}

function sourceOf(sqs: Sqs, arn: string): QueueSource {
  const all = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
  return {
    receive: async (limit) => {
      const answer = await sqs.handle('ReceiveMessage', { QueueUrl: arn, MaxNumberOfMessages: limit, ...all });
      return (answer.Messages ?? []) as QueueMessage[];
    },
    delete: async (receiptHandles) => {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.handle('DeleteMessageBatch', { QueueUrl: arn, Entries });
    },
    onArrival: (listener) => sqs.onArrival(arn, listener),
  };
}
