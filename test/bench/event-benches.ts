import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { NotificationRow } from '../../functions/notifications/domain';
import type { TaskRow } from '../../functions/tasks/domain';
import { taskCreated } from '../../functions/tasks/events';
import { synthesize } from '../../infra/synthesize';
import { toTimestamp } from '../../lib/clock';
import { emit, outboxOf } from '../../lib/events/outbox';
import { digest } from '../../lib/id';
import { tableName } from '../../lib/service/names';
import { ApiClient } from '../support/api-client';
import { Command } from '../support/command';
import { benchLoads } from './load-benches';
import { type Figure, round, spread } from './measure';

const STAGE = 'dev';
const CLIENTS = 16;
const WARM_UP = 300;
const TASKS = 1_000;
const RATES = [5, 10];
const SECONDS_PER_RATE = 30;
const ITEMS_PER_WRITE = 25;
const LOOK_EVERY_MS = 1_000;

/**
 * Events from the write that emits them to the notification that they bring about: through relay, bus, queue and consumer, against
 * `npm start` in a process of its own, with its state in memory and on disk. Then what has to be loaded to check them.
 */
export async function benchEvents(tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const assembly = join(directory, 'cdk.out');
    await synthesize(assembly);
    await benchFlow(assembly, ['in memory', '--memory'], tell);
    await benchFlow(assembly, ['on disk', '--data', join(directory, 'data')], tell);
    await benchLoads(tell);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function benchFlow(
  assembly: string,
  [where, ...flags]: readonly [string, ...string[]],
  tell: (figures: Figure[]) => void,
): Promise<void> {
  const command = new Command('start', [
    ...['--template', assembly, '--port', '0', '--aws-port', '0', '--no-seed'],
    ...flags,
  ]);
  try {
    const { api, aws } = await command.ready();
    const bench = new EventBench(new ApiClient(api), aws);
    // The first events start the environments of every function, as many as so many clients need.
    await bench.createTasks(WARM_UP);
    tell(await bench.throughApi(where));
    tell(await bench.alone(where));
    for (const eventsPerSecond of RATES) tell(await bench.latency(where, eventsPerSecond));
  } finally {
    await command.stop('SIGKILL');
  }
}

class EventBench {
  private readonly client: DynamoDBDocumentClient;

  constructor(
    private readonly api: ApiClient,
    awsUrl: string,
  ) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.client = DynamoDBDocumentClient.from(
      new DynamoDBClient({ endpoint: awsUrl, region: 'us-east-1', credentials }),
    );
  }

  /** Tasks as fast as the API takes them, until the last of them is told. */
  async throughApi(where: string): Promise<Figure[]> {
    const startsAt = Date.now();
    const { createdAt, toldAt } = await this.createTasks(TASKS);
    return [
      ratePerSecond(`tasks created by ${CLIENTS} clients, ${where}`, TASKS, createdAt - startsAt),
      ratePerSecond(`  and told, ${where}`, TASKS, toldAt - startsAt),
    ];
  }

  /** Tasks that are written without the API, faster than they can be told: the events alone. */
  async alone(where: string): Promise<Figure[]> {
    const rows = Array.from({ length: TASKS }, () => aTask(Date.now()));
    const startsAt = Date.now();
    for (let index = 0; index < rows.length; index += ITEMS_PER_WRITE) {
      const requests = rows.slice(index, index + ITEMS_PER_WRITE).map((Item) => ({ PutRequest: { Item } }));
      await this.client.send(new BatchWriteCommand({ RequestItems: { [tableName(STAGE, 'tasks')]: requests } }));
    }
    const writtenAfterMs = Date.now() - startsAt;
    const told = await this.untilTold(rows.map(({ taskId }) => taskId));
    return [
      ratePerSecond(`events through relay, bus, queue, consumer, ${where}`, TASKS, lastOf(told) - startsAt),
      { name: `  of which their writes took, ${where}`, value: round(writtenAfterMs), unit: 'ms' },
    ];
  }

  /** From `occurredAt`, which is the instant of the write, to the instant at which the sender has the notification. */
  async latency(where: string, eventsPerSecond: number): Promise<Figure[]> {
    const startsAt = Date.now() + 100;
    const created = Array.from({ length: eventsPerSecond * SECONDS_PER_RATE }, async (_, index) => {
      const dueAt = startsAt + (index * 1000) / eventsPerSecond;
      await new Promise((resolve) => setTimeout(resolve, dueAt - Date.now()));
      return this.create();
    });
    const told = await this.untilTold(await Promise.all(created));
    const tookMs = told.map(({ createdAt, updatedAt }) => Date.parse(updatedAt) - Date.parse(createdAt));
    return spread(`events at ${eventsPerSecond}/s, write to sent, ${where}:`, tookMs);
  }

  /** Answers when the last of them was taken by the API, and when all of them were told. */
  async createTasks(count: number): Promise<{ createdAt: number; toldAt: number }> {
    let left = count;
    const ids: string[] = [];
    const client = async () => {
      while (left-- > 0) ids.push(await this.create());
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const createdAt = Date.now();
    return { createdAt, toldAt: lastOf(await this.untilTold(ids)) };
  }

  private async create(): Promise<string> {
    const { status, text, json } = await this.api.call('POST', '/v1/tasks', {
      key: randomUUID(),
      body: { title: 'Water the plants' },
    });
    if (status !== 201) throw new Error(`a task was not created: ${status} ${text}`);
    return json.taskId;
  }

  /** The notifications of these tasks, one of each, once the sender has them all. Looking costs the cloud time, too, so seldom. */
  private async untilTold(taskIds: readonly string[]): Promise<NotificationRow[]> {
    const ids = new Set(taskIds);
    for (;;) {
      const told = (await this.listSent()).filter(({ subject }) => ids.has(subject.id));
      if (told.length > ids.size) throw new Error(`${ids.size} tasks were told ${told.length} times`);
      if (told.length === ids.size) return told;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private async listSent(): Promise<NotificationRow[]> {
    const TableName = tableName(STAGE, 'notifications');
    const rows: NotificationRow[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await this.client.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
      rows.push(...((page.Items ?? []) as NotificationRow[]));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return rows.filter(({ status }) => status === 'SENT');
  }
}

/** A task as the API would write it at that time, with its event. */
function aTask(now: number): TaskRow {
  const taskId = `tsk_${digest(randomUUID()).slice(0, 32)}`;
  const createdAt = toTimestamp(now);
  const cause = { correlationId: taskId, causationId: `request/${randomUUID()}`, now };
  const row: TaskRow = {
    taskId,
    customerId: 'alice',
    title: 'Water the plants',
    status: 'OPEN',
    createdAt,
    updatedAt: createdAt,
    requestHash: digest(taskId),
  };
  return { ...row, ...outboxOf([emit(taskCreated, { taskId, customerId: 'alice' }, cause)]) };
}

/** When the last notification was sent: then it was written last. */
function lastOf(told: readonly NotificationRow[]): number {
  return Math.max(...told.map(({ updatedAt }) => Date.parse(updatedAt)));
}

function ratePerSecond(name: string, count: number, elapsedMs: number): Figure {
  return { name, value: round((count / elapsedMs) * 1000), unit: '1/s' };
}
