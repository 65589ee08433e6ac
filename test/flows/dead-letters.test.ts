import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { services } from '../../functions/services';
import { accessKeyIdOf } from '../../infra/local/lambda/function-definition';
import { listConsumers } from '../../lib/service/consumers';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { notificationsAbout, untilNotified } from '../support/notifications';
import { until } from '../support/until';

const BUS = 'holdfast-dev';
const QUEUE = 'notifications-notify-customer';

let system: LocalSystem;

beforeEach(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
});
afterEach(() => system.close());

/** Puts an event on the bus as the function that relays those of the tasks would, or as another one. */
async function put(detail: object, { source = 'tasks', type = 'task.created', as = 'tasks-relay-events' } = {}) {
  const { events } = awsClients(system.awsUrl, accessKeyIdOf(`holdfast-dev-${as}`));
  const entry = { EventBusName: BUS, Source: source, DetailType: type, Detail: JSON.stringify(detail) };
  return events.send(new PutEventsCommand({ Entries: [entry] }));
}

function taskCreated(change: { metadata?: object; data?: object } = {}) {
  const taskId = `tsk_${randomUUID().replaceAll('-', '')}`;
  const metadata = {
    id: `tasks/${taskId}/1`,
    version: 1,
    versions: [1],
    occurredAt: new Date().toISOString(),
    correlationId: taskId,
    causationId: 'test',
    aggregateId: taskId,
    sequence: 1,
    ...change.metadata,
  };
  return { taskId, detail: { metadata, data: change.data ?? { taskId, customerId: 'alice' } } };
}

const deadLetters = async () => (await system.api.call('GET', '/ops/dead-letters')).json.items;
const untilDead = (messages: number) =>
  until(
    `${messages} dead letters`,
    deadLetters,
    (items) => items.reduce((sum: number, item: { messages: number }) => sum + item.messages, 0) === messages,
  );
const redrive = (queue: string) => system.api.call('POST', `/ops/dead-letters/${queue}/redrive`);

describe('an event that breaks its contract', () => {
  it('is put aside after one look, and others go on', async () => {
    const broken = taskCreated({ data: { taskId: 7 } });
    const good = taskCreated();

    await put(broken.detail);
    await put(good.detail);

    expect(await untilNotified(system.api, good.taskId, 1)).toHaveLength(1);
    expect(await untilDead(1)).toEqual([{ queue: QUEUE, messages: 1, oldestAgeSeconds: expect.any(Number) }]);
  });

  it('is looked at again when it is sent again, and put aside again', async () => {
    await put(taskCreated({ data: {} }).detail);
    await untilDead(1);
    const looks = () => system.logs.filter(({ message }) => /dead letter/.test(message)).length;
    const before = looks();

    const first = await redrive(QUEUE);
    await until('another look', looks, (count) => count > before);
    const again = await untilDead(1);

    expect([first.status, first.json]).toEqual([202, { queue: QUEUE, messages: 1 }]);
    expect(again).toHaveLength(1);
  });

  it.each([
    ['of a version that nobody here knows', { metadata: { version: 9, versions: [9] } }],
    ['without its envelope', { metadata: { id: undefined } }],
  ])('%s is not guessed at', async (_, change) => {
    const { taskId, detail } = taskCreated(change);

    await put(detail);
    await untilDead(1);

    expect(await notificationsAbout(system.api, taskId)).toEqual([]);
  });
});

describe('many dead letters that nobody can read', () => {
  it('are sent again once each, and then stay where they are', async () => {
    const COUNT = 25;
    for (let index = 0; index < COUNT; index += 1) await put(taskCreated({ data: {} }).detail);
    await untilDead(COUNT);
    const looks = () => system.logs.filter(({ message }) => /put among the dead letters/.test(message)).length;

    await redrive(QUEUE);
    await until('a look at each', looks, (count) => count >= 2 * COUNT);
    await untilDead(COUNT);
    const again = await redrive(QUEUE);

    expect(looks()).toBe(2 * COUNT);
    expect([again.status, again.json.code]).toEqual([409, 'NO_DEAD_LETTERS']);
  });
});

describe('the dead letters of every consumer', () => {
  it('are counted, sent again, looked at, and those that nobody can read are there again', async () => {
    const { sqs } = awsClients(system.awsUrl);
    const queues = listConsumers(services).map(({ service, handler }) => `${service}-${handler}`);
    const jobs = listConsumers(services)
      .filter(({ contract }) => contract.trigger.kind === 'schedule')
      .map(({ service, handler }) => `${service}-${handler}`);
    for (const queue of queues) {
      const QueueUrl = `${system.awsUrl}/000000000000/holdfast-dev-${queue}-dead-letters`;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not even JSON' }));
    }
    const found = await untilDead(queues.length);

    const answers = await Promise.all(queues.map(redrive));

    expect(found.map(({ queue }: { queue: string }) => queue)).toEqual([...queues].sort());
    expect(answers.map(({ status, json }) => [status, json.messages])).toEqual(queues.map(() => [202, 1]));
    // A job does not look at what it is run for, and consumers of events put aside at once what they cannot read.
    const eventQueues = ['inventory-sell-stock', QUEUE];
    const again = await until('letters that nobody can read', deadLetters, (items) =>
      eventQueues.every((queue) => items.some((item: { queue: string }) => item.queue === queue)),
    );
    expect(again.filter(({ queue }: { queue: string }) => jobs.includes(queue))).toEqual([]);
  });
});

describe('what is dead', () => {
  it('is nothing at first', async () => {
    expect(await deadLetters()).toEqual([]);
  });

  it('cannot be sent again when there is nothing, or no such queue', async () => {
    const empty = await redrive(QUEUE);
    const unknown = await redrive('notifications-nobody');

    expect([empty.status, unknown.status]).toEqual([409, 404]);
    expect(unknown.json.detail).toContain(QUEUE);
  });

  it('is for operators only', async () => {
    const answer = await system.api.call('GET', '/ops/dead-letters', { scope: 'orders:read' });

    expect(answer.status).toBe(403);
  });
});

describe('the bus', () => {
  it.each([
    ['the source of another service', { source: 'orders', type: 'order.confirmed', as: 'tasks-relay-events' }],
    ['a type that is not its own', { source: 'tasks', type: 'order.confirmed', as: 'tasks-relay-events' }],
    ['anything, from a function that does not relay', { as: 'tasks-create-task' }],
  ])('refuses %s', async (_, forged) => {
    await expect(put(taskCreated().detail, forged)).rejects.toThrow(/not authorized to perform: events:PutEvents/);

    expect(system.notices.filter((line) => line.startsWith('denied: '))).toHaveLength(1);
  });

  it('ignores a type that nobody reacts to', async () => {
    const { events } = awsClients(system.awsUrl);
    const Entries = [{ EventBusName: BUS, Source: 'tasks', DetailType: 'task.renamed', Detail: '{}' }];

    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
    const good = taskCreated();
    await put(good.detail);
    await untilNotified(system.api, good.taskId, 1);

    expect(FailedEntryCount).toBe(0);
    expect(await deadLetters()).toEqual([]);
  });
});
