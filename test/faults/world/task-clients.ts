import { createdItemId } from '../../../lib/idempotency/created-item';
import { draw } from '../draw';
import type { PlannedTask } from '../simulation';
import type { ApiAnswer, ApiRequest } from './api';
import type { ClientsOptions } from './clients';
import { insist } from './insist';

/** What a client has heard of one of its tasks. */
export interface TaskRecord {
  readonly task: PlannedTask;
  /** The id that the task has when it is created. */
  readonly taskId: string;
  /** Answers to the request that creates it, which is repeated by some. */
  readonly created: ApiAnswer[];
  /** Answers to the wish to complete it, of which the second repeats the first. */
  readonly completed: ApiAnswer[];
}

/** The clients that have tasks. */
export interface TaskClients {
  readonly records: readonly TaskRecord[];
  /** Clients that still want something. */
  readonly busy: number;
}

/** The share of the requests that are made once more though they were answered. */
const REPEATS = 0.4;

/** Lets the clients of the plan create their tasks and complete some of them. */
export function openTaskClients(options: ClientsOptions): TaskClients {
  const records = options.plan.tasks.map(newRecord);
  let busy = records.length;
  for (const record of records) {
    void act(options, record).finally(() => {
      busy -= 1;
    });
  }
  return {
    records,
    get busy() {
      return busy;
    },
  };
}

function newRecord(task: PlannedTask): TaskRecord {
  const { customerId, key } = task;
  return { task, taskId: createdItemId('tsk_', customerId, 'createTask', key), created: [], completed: [] };
}

async function act(options: ClientsOptions, { task, taskId, created, completed }: TaskRecord): Promise<void> {
  const { seed, clock, startAt } = options;
  const { key, customerId, title, createdAtMs, completedAtMs } = task;
  const until = (ms: number) => new Promise<void>((wake) => void clock.after(startAt + ms - clock.now(), wake));
  const send = async (answers: ApiAnswer[], request: ApiRequest) => {
    answers.push(await insist(options, request));
    if (draw(seed, `${taskId} repeats ${request.route}`) < REPEATS) answers.push(await insist(options, request));
  };
  const own = { method: 'POST', customerId, orderId: taskId } as const;
  await until(createdAtMs);
  await send(created, { ...own, route: '/v1/tasks', idempotencyKey: key, body: { title } });
  if (completedAtMs === undefined) return;
  await until(completedAtMs);
  await send(completed, { ...own, route: '/v1/tasks/{taskId}/complete', path: { taskId } });
}
