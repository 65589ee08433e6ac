import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { type Clock, sleep } from '../clock';
import type { Change } from '../storage/key-value-store';
import type { OrderedWrites } from './ordered-writes';
import { integerWithin, invalidParameter, type Parameters, requiredText } from './parameters';
import type { Queue } from './queue';
import type { QueueTable } from './queue-table';

/** A task that moves the messages of a dead-letter queue, as the store keeps it. */
export interface MoveTask {
  readonly taskId: string;
  readonly sourceArn: string;
  /** Absent: each message goes back to the queue that it came from. */
  readonly destinationArn?: string;
  readonly maxPerSecond?: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly failureReason?: string;
  readonly toMoveCount: number;
  readonly movedCount: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** The beginning of the keys of the tasks in the store. */
export const TASK_PREFIX = 'move-task/';

/** How many messages are moved by one write when the task has no rate. */
const CHUNK = 100;

/** How many tasks of one source are remembered, which is also the most that are listed. */
const KEPT_TASKS = 10;

/**
 * The tasks that send the messages of dead-letter queues back. A moved message is a new one, with a new id and retention.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export class MoveTasks {
  private readonly tasks = new Map<string, MoveTask>();
  private isClosed = false;

  /** `kept` are the tasks of earlier runs, in any order. */
  constructor(
    private readonly queues: QueueTable,
    private readonly writes: OrderedWrites,
    private readonly clock: Clock,
    kept: readonly MoveTask[],
  ) {
    const inOrder = [...kept].sort((a, b) => a.startedAt - b.startedAt);
    for (const task of inOrder) this.tasks.set(task.taskId, task);
  }

  /** Goes on with what was under way from a queue, once the queues that are made together with it are there, too. */
  resumeFrom(source: Queue): void {
    const task = this.of(source.arn).find(({ status }) => status === 'RUNNING');
    if (task !== undefined) this.clock.after(0, () => this.begin(task.taskId));
  }

  /** StartMessageMoveTask */
  async start(parameters: Parameters): Promise<{ TaskHandle: string }> {
    const source = this.getQueue(requiredText(parameters, 'SourceArn'), 'SourceArn');
    const { DestinationArn } = parameters;
    const maxPerSecond = integerWithin(parameters, 'MaxNumberOfMessagesPerSecond', [1, 500], undefined);
    if (this.queues.sourcesOf(source).length === 0) {
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    }
    if (DestinationArn !== undefined) this.getQueue(DestinationArn, 'DestinationArn');
    if (this.of(source.arn).some(({ status }) => status === 'RUNNING')) {
      throw invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task: MoveTask = {
      taskId: randomUUID(),
      sourceArn: source.arn,
      ...(DestinationArn !== undefined && { destinationArn: String(DestinationArn) }),
      ...(maxPerSecond !== undefined && { maxPerSecond }),
      status: 'RUNNING',
      toMoveCount: source.count().visible,
      movedCount: 0,
      startedAt: this.clock.now(),
    };
    await this.writes.write([...this.forgetOldest(source.arn), this.save(task)]);
    this.begin(task.taskId);
    return { TaskHandle: toHandle(task) };
  }

  /** ListMessageMoveTasks: the newest first. */
  list(parameters: Parameters): { Results: Array<Record<string, unknown>> } {
    const source = this.getQueue(requiredText(parameters, 'SourceArn'), 'SourceArn');
    const limit = integerWithin(parameters, 'MaxResults', [1, KEPT_TASKS], 1);
    return { Results: this.of(source.arn).reverse().slice(0, limit).map(toResult) };
  }

  /** CancelMessageMoveTask */
  async cancel(parameters: Parameters): Promise<{ ApproximateNumberOfMessagesMoved: number }> {
    const { taskId, sourceArn } = parseHandle(requiredText(parameters, 'TaskHandle'));
    this.getQueue(sourceArn, 'SourceArn');
    const task = this.tasks.get(taskId);
    if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    if (task.status !== 'RUNNING') {
      throw new AwsError('UnsupportedOperation', `Only a running task can be cancelled, this one is ${task.status}.`);
    }
    await this.writes.write([this.save({ ...task, status: 'CANCELLED' })]);
    return { ApproximateNumberOfMessagesMoved: task.movedCount };
  }

  /** Stops moving; the tasks go on at the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.writes.done();
  }

  private begin(taskId: string): void {
    // The store failed when this rejects: the task is in it as running, and goes on at the next start.
    this.run(taskId).catch(() => undefined);
  }

  private async run(taskId: string): Promise<void> {
    for (;;) {
      const task = this.tasks.get(taskId);
      if (this.isClosed || task?.status !== 'RUNNING') return;
      await this.writes.write(this.moveSome(task));
      await sleep(this.clock, task.maxPerSecond === undefined ? 0 : 1000 / task.maxPerSecond);
    }
  }

  /** Moves the next messages in memory, and returns what does the same in the store, together with the task's progress. */
  private moveSome(task: MoveTask): Change[] {
    const changes: Change[] = [];
    const source = this.queues.get(task.sourceArn);
    let movedCount = task.movedCount;
    const end = (ended: Partial<MoveTask>) => [...changes, this.save({ ...task, movedCount, ...ended })];
    for (let left = task.maxPerSecond === undefined ? CHUNK : 1; left > 0; left -= 1) {
      const message = source.takeOut();
      if (message === undefined) return end({ status: 'COMPLETED' });
      const destinationArn = task.destinationArn ?? message.deadLetterSourceArn;
      const destination = this.queues.find(destinationArn);
      if (destination === undefined) {
        source.load([message]);
        const failureReason =
          destinationArn === undefined ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue';
        return end({ status: 'FAILED', failureReason });
      }
      const { body, senderId, messageAttributes, traceHeader } = message;
      changes.push({ key: message.key });
      changes.push(...destination.add({ body, senderId, messageAttributes, traceHeader }).changes);
      movedCount += 1;
    }
    return end({});
  }

  private of(sourceArn: string): MoveTask[] {
    return [...this.tasks.values()].filter((task) => task.sourceArn === sourceArn);
  }

  private save(task: MoveTask): Change {
    this.tasks.set(task.taskId, task);
    return { key: TASK_PREFIX + task.taskId, value: task };
  }

  private forgetOldest(sourceArn: string): Change[] {
    const forgotten = this.of(sourceArn).slice(0, -(KEPT_TASKS - 1));
    for (const { taskId } of forgotten) this.tasks.delete(taskId);
    return forgotten.map(({ taskId }) => ({ key: TASK_PREFIX + taskId }));
  }

  private getQueue(arn: unknown, parameter: string): Queue {
    const queue = this.queues.find(arn);
    if (queue?.arn === arn) return queue as Queue;
    const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
    throw new AwsError('ResourceNotFoundException', message, 404);
  }
}

function toResult(task: MoveTask): Record<string, unknown> {
  const { sourceArn, destinationArn, maxPerSecond, failureReason, status } = task;
  return {
    ...(status === 'RUNNING' && { TaskHandle: toHandle(task) }),
    Status: status,
    SourceArn: sourceArn,
    ...(destinationArn !== undefined && { DestinationArn: destinationArn }),
    ...(maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.movedCount,
    ApproximateNumberOfMessagesToMove: task.toMoveCount,
    ...(failureReason !== undefined && { FailureReason: failureReason }),
    StartedTimestamp: task.startedAt,
  };
}

function toHandle({ taskId, sourceArn }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');
}

function parseHandle(handle: string): { taskId: string; sourceArn: string } {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, 'base64').toString()) as MoveTask;
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // Not ours: the error below says so.
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}
