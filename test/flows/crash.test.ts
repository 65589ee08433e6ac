import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { ApiClient, orderBody } from '../support/api-client';
import { assemblyDirectory, PROBE } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type Command, commands } from '../support/command';
import { startLocalSystem } from '../support/local-system';
import { untilNotified } from '../support/notifications';
import { shiftedClock } from '../support/shifted-clock';

const { run, start, stopAll } = commands();

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
});
afterAll(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

/** How many wishes each life of the process accepts before it is killed: from early in its first sagas to deep in the load. */
const ACCEPTED_BEFORE_KILL = [1, 3, 7, 12, 5, 2];
const CLIENTS = 6;

/** Every way an order can go that does not have to wait for a fault to be lifted. */
const BODIES = [
  orderBody(),
  orderBody({ token: 'tok_declined' }),
  orderBody({ postalCode: '00000' }),
  orderBody({ quantity: 3 }),
  orderBody({ token: 'tok_lost_reply' }),
  orderBody({ sku: 'POT-01', quantity: 2 }),
];

/** Of so many wishes one is a task, and the others are orders. */
const TASK_AMONG = 3;

interface Wish {
  readonly key: string;
  readonly path: '/v1/orders' | '/v1/tasks';
  readonly body: unknown;
  /** Of the order or the task, once it is accepted. */
  id?: string;
}

/** Customers who want orders and tasks, and ask again under the same key while they have no answer. */
class Load {
  readonly wishes: Wish[] = [];

  get accepted(): Wish[] {
    return this.wishes.filter(({ id }) => id !== undefined);
  }

  idsOf(path: Wish['path']): string[] {
    return this.accepted.filter((wish) => wish.path === path).map(({ id }) => id as string);
  }

  /** Asks with several clients at once, until `count` more are accepted or nobody answers any more. */
  async run(api: ApiClient, count: number, onEnough: () => void): Promise<void> {
    const enough = this.accepted.length + count;
    let isOver = false;
    const open = this.wishes.filter(({ id }) => id === undefined);
    const client = async () => {
      while (!isOver) {
        const wish = open.shift() ?? this.wish();
        const answer = await ask(api, wish).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 202 || answer.status === 201) wish.id = answer.json.orderId ?? answer.json.taskId;
        else open.push(wish);
        if (this.accepted.length >= enough && !isOver) {
          isOver = true;
          onEnough();
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  async finish(api: ApiClient): Promise<void> {
    for (const wish of this.wishes.filter(({ id }) => id === undefined)) {
      const answer = await ask(api, wish);
      if (answer.status > 202) throw new Error(`${wish.key}: ${answer.status} ${answer.text}`);
      wish.id = answer.json.orderId ?? answer.json.taskId;
    }
  }

  private wish(): Wish {
    const index = this.wishes.length;
    const key = `wish-${index}`;
    const wish: Wish =
      index % TASK_AMONG === TASK_AMONG - 1
        ? { key, path: '/v1/tasks', body: { title: key } }
        : { key, path: '/v1/orders', body: BODIES[index % BODIES.length] };
    this.wishes.push(wish);
    return wish;
  }
}

function ask(api: ApiClient, { key, path, body }: Wish) {
  return api.call('POST', path, { key, body });
}

describe('a system that is killed again and again under load', () => {
  const load = new Load();
  let api: ApiClient;
  let aws: string;
  let last: Command | undefined;

  beforeAll(async () => {
    for (const [life, count] of ACCEPTED_BEFORE_KILL.entries()) {
      const command = await startSystem();
      if (life === 0) {
        await api.putStock('MUG-01', 60);
        await api.putStock('POT-01', 5);
      }
      await load.run(api, count, () => void command.stop('SIGKILL'));
      await command.ended;
    }
    last = await startSystem();
    await load.finish(api);
    for (const orderId of load.idsOf('/v1/orders')) await untilSettled(orderId);
  }, 180_000);

  async function startSystem(): Promise<Command> {
    const command = start('--data', directory, '--no-seed');
    const ready = await command.ready();
    api = new ApiClient(ready.api);
    aws = ready.aws;
    return command;
  }

  async function untilSettled(orderId: string): Promise<void> {
    for (;;) {
      const { status, json } = await api.call('GET', `/v1/orders/${orderId}`);
      if (status !== 200) throw new Error(`order ${orderId} was accepted, and now: ${status}`);
      if (json.status !== 'PENDING') return;
      await new Promise((tick) => setTimeout(tick, 50));
    }
  }

  it('still has every order that it accepted, once, and has brought each to its end', async () => {
    const statuses = await Promise.all(
      load.idsOf('/v1/orders').map(async (id) => (await api.call('GET', `/v1/orders/${id}`)).json.status),
    );

    expect(new Set(load.wishes.map(({ id }) => id)).size).toBe(load.wishes.length);
    expect(new Set(statuses)).toEqual(new Set(['CONFIRMED', 'REJECTED']));
  });

  it('answers each key with the order or the task that it made', async () => {
    for (const wish of load.wishes) {
      const { status, json, headers } = await ask(api, wish);

      const expected = [wish.path === '/v1/orders' ? 202 : 201, wish.id, 'true'];
      expect([status, json.orderId ?? json.taskId, headers.get('idempotency-replayed')]).toEqual(expected);
    }
  });

  it('has books that add up', async () => {
    const audit = run('audit', '--endpoint', aws, '--json');

    expect(await audit.ended).toBe(0);
    const { ok, violations, counts } = JSON.parse(audit.output);
    expect({ ok, violations }).toEqual({ ok: true, violations: [] });
    expect(counts.orders).toBe(load.idsOf('/v1/orders').length);
  });

  it('has told its customers of each once, when what was under way has come again', async () => {
    await last?.stop('SIGTERM');
    const clock = shiftedClock();
    const system = await startLocalSystem({
      assemblyDirectory: assemblyDirectory('dev'),
      dataDirectory: join(directory, 'state'),
      clock,
    });
    try {
      // A message that a consumer had when it died is hidden for three minutes.
      clock.shiftBy(181_000);
      const told = async (id: string) => (await untilNotified(system.api, id, 1)).map(({ type }) => type);
      for (const id of load.idsOf('/v1/tasks')) expect(await told(id)).toEqual(['task.created']);
      for (const id of load.idsOf('/v1/orders')) {
        const types = (await told(id)).filter((type) => type !== 'payment.refunded');
        expect(types.filter((type) => !/^order\.(confirmed|rejected)$/.test(type))).toEqual([]);
        expect(types.length).toBeLessThanOrEqual(1);
      }
    } finally {
      await system.close();
    }
  });
});

describe('buses and queues of a process that is killed again and again', () => {
  const acknowledged: string[] = [];
  let aws: ReturnType<typeof awsClients>;
  let queueUrl: (name: string) => string;

  async function startProbe(): Promise<Command> {
    const flags = ['--port', '0', '--aws-port', '0', '--no-seed', '--data', join(directory, 'probe')];
    const command = run('start', '--template', assemblyDirectory(PROBE), ...flags);
    const ready = await command.ready();
    aws = awsClients(ready.aws);
    queueUrl = (name) => `${ready.aws}/000000000000/probe-${name}`;
    return command;
  }

  /** Puts events and sends messages until `count` are acknowledged, then kills the process in the middle of more. */
  async function load(command: Command, life: number, count: number): Promise<void> {
    let sent = 0;
    let heard = 0;
    const client = async () => {
      for (;;) {
        const id = `${life}-${sent}`;
        sent += 1;
        const isHeard = await (sent % 2 === 0 ? putEvent(id) : sendMessage(id)).catch(() => false);
        if (!isHeard) return;
        acknowledged.push(id);
        heard += 1;
        if (heard === count) void command.stop('SIGKILL');
      }
    };
    await Promise.all([client(), client(), client(), client()]);
    await command.ended;
  }

  async function putEvent(id: string): Promise<boolean> {
    const Detail = JSON.stringify({ subject: id });
    const entry = { EventBusName: 'probe-bus', Source: 'probe', DetailType: 'to-queue', Detail };
    const { FailedEntryCount } = await aws.events.send(new PutEventsCommand({ Entries: [entry] }));
    return FailedEntryCount === 0;
  }

  async function sendMessage(id: string): Promise<boolean> {
    const MessageBody = JSON.stringify({ subject: id });
    return (
      (await aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('inbox'), MessageBody }))).MessageId !== undefined
    );
  }

  it('lose nothing that they acknowledged', async () => {
    for (const [life, count] of [1, 20, 60, 5].entries()) await load(await startProbe(), life, count);
    await startProbe();

    const found = new Set<string>();
    while (acknowledged.some((id) => !found.has(id))) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl('inbox'), MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      // Nothing for so long: what is missing does not come any more.
      if (Messages.length === 0) break;
      for (const { Body } of Messages) found.add(JSON.parse(Body ?? '').subject);
    }

    expect(acknowledged.length).toBeGreaterThan(80);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  });
});
