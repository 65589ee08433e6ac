import { openSqs, type QueueDefinition, type Sqs } from '../../../../infra/local/sqs/sqs';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';

export const NOON = Date.parse('2031-05-06T12:00:00.000Z');

export interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly MessageId: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

export const arnOf = (queueName: string) => `arn:aws:sqs:eu-central-1:123456789012:${queueName}`;
export const urlOf = (queueName: string) => `http://127.0.0.1:4566/123456789012/${queueName}`;

/** A room with queues, on a manual clock and a store in memory; `reopen` is a restart on the same store. */
export async function aRoom(...definitions: QueueDefinition[]) {
  const clock = manualClock(NOON);
  const store = memoryStore();
  let sqs = await open(store, clock, definitions);
  const call = (operation: string, parameters: Record<string, unknown> = {}) => sqs.handle(operation, parameters);
  /** At most ten messages, with all of their system attributes. */
  const receive = async (queueName: string, parameters: Record<string, unknown> = {}): Promise<Received[]> => {
    const names = { MessageSystemAttributeNames: ['All'] };
    const request = { QueueUrl: urlOf(queueName), MaxNumberOfMessages: 10, ...names, ...parameters };
    return ((await call('ReceiveMessage', request)).Messages ?? []) as Received[];
  };
  return {
    clock,
    store,
    call,
    receive,
    bodies: async (queueName: string, parameters: Record<string, unknown> = {}) =>
      (await receive(queueName, parameters)).map(({ Body }) => Body),
    send: (queueName: string, MessageBody: string, parameters: Record<string, unknown> = {}) =>
      call('SendMessage', { QueueUrl: urlOf(queueName), MessageBody, ...parameters }),
    /** Visible, in flight and delayed. */
    counts: async (queueName: string) => {
      const names = ['', 'NotVisible', 'Delayed'].map((name) => `ApproximateNumberOfMessages${name}`);
      const answer = await call('GetQueueAttributes', { QueueUrl: urlOf(queueName), AttributeNames: names });
      return names.map((name) => Number((answer.Attributes as Record<string, string>)[name]));
    },
    room: () => sqs,
    reopen: async () => {
      await sqs.close();
      sqs = await open(store, clock, definitions);
    },
  };
}

async function open(
  store: KeyValueStore,
  clock: ReturnType<typeof manualClock>,
  definitions: readonly QueueDefinition[],
): Promise<Sqs> {
  const awsEndpoint = 'http://127.0.0.1:4566';
  const sqs = await openSqs({ store, clock, region: 'eu-central-1', accountId: '123456789012', awsEndpoint });
  for (const definition of definitions) sqs.createQueue(definition);
  return sqs;
}
