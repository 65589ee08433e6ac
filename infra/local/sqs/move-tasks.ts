import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { sleep } from '../clock';
import type { Change } from '../storage/key-value-store';
import { integerWithin, invalidParameter, type Parameters, required } from './parameters';
import type { Queue, SharedByQueues } from './queue';
import { addMessage } from './receiving';

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

/**
 * The tasks that send the messages of dead-letter queues back. A moved message is a new one, with a new id and retention.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export class MoveTasks {
  /** In the order in which they were started. */
  private readonly tasks = new Map<string, MoveTask>();
  private isClosed = false;

  /** `kept` are the tasks of earlier runs, in any order. */
  constructor(
    private readonly shared: SharedByQueues,
    kept: readonly MoveTask[],
  ) {
    const inOrder = [...kept].sort((a, b) => a.startedAt - b.startedAt);
    for (const task of inOrder) this.tasks.set(task.taskId, task);
  }

  /** Goes on with what was under way from a queue, once the queues that are made together with it are there, too. */
  resumeFrom(source: Queue): void {
    const task = this.tasksOf(source).find(isRunning);
    if (task !== undefined) this.shared.clock.after(0, () => this.begin(task.taskId));
  }

  /** StartMessageMoveTask */
  async start(parameters: Parameters): Promise<{ TaskHandle: string }> {
    const { clock, queues, writes } = this.shared;
    const source = this.getQueue(parameters, 'SourceArn');
    const hasDestination = parameters.DestinationArn !== undefined;
    const destinationArn = hasDestination ? this.getQueue(parameters, 'DestinationArn').arn : undefined;
    const maxPerSecond = integerWithin(parameters, 'MaxNumberOfMessagesPerSecond', [1, 500], undefined);
    if (!queues.all().some(({ settings }) => settings.redrivePolicy?.deadLetterTargetArn === source.arn)) {
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    }
    if (this.tasksOf(source).some(isRunning)) {
      throw invalidParameter('There is already a task running. Only one is allowed for a source queue at a time.');
    }
    const taskId = randomUUID();
    const started = { taskId, sourceArn: source.arn, destinationArn, maxPerSecond, startedAt: clock.now() };
    const toMoveCount = source.counts().visible;
    await writes.write([this.save({ ...started, status: 'RUNNING', toMoveCount, movedCount: 0 })]);
    this.begin(taskId);
    return { TaskHandle: taskId };
  }

  /** ListMessageMoveTasks: the newest first. */
  list(parameters: Parameters): { Results: Array<Record<string, unknown>> } {
    const source = this.getQueue(parameters, 'SourceArn');
    const limit = integerWithin(parameters, 'MaxResults', [1, 10], 1);
    return { Results: this.tasksOf(source).reverse().slice(0, limit).map(toResult) };
  }

  /** CancelMessageMoveTask */
  async cancel(parameters: Parameters): Promise<{ ApproximateNumberOfMessagesMoved: number }> {
    const taskId = required(parameters, 'TaskHandle');
    if (!/^[0-9a-f-]{36}$/.test(taskId)) throw invalidParameter('Value for parameter TaskHandle is invalid.');
    const task = this.tasks.get(taskId);
    if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    if (!isRunning(task)) {
      throw new AwsError('UnsupportedOperation', `Only a running task can be cancelled, this one is ${task.status}.`);
    }
    await this.shared.writes.write([this.save({ ...task, status: 'CANCELLED' })]);
    return { ApproximateNumberOfMessagesMoved: task.movedCount };
  }

  /** Stops moving; the tasks go on at the next start. */
  close(): void {
    this.isClosed = true;
  }

  private begin(taskId: string): void {
    // The store failed when this rejects: the task is in it as running, and goes on at the next start.
    this.run(taskId).catch(() => undefined);
  }

  private async run(taskId: string): Promise<void> {
    for (;;) {
      const task = this.tasks.get(taskId);
      if (this.isClosed || task?.status !== 'RUNNING') return;
      await this.shared.writes.write(this.moveOne(task));
      await sleep(this.shared.clock, task.maxPerSecond === undefined ? 0 : 1000 / task.maxPerSecond);
    }
  }

  /** Moves the next message in memory, and returns what does the same in the store, together with the task's progress. */
  private moveOne(task: MoveTask): Change[] {
    const source = this.shared.queues.get(task.sourceArn);
    const message = source.shift();
    if (message === undefined) return [this.save({ ...task, status: 'COMPLETED' })];
    const { body, senderId, messageAttributes, deadLetterSourceArn } = message;
    const destination = this.shared.queues.find(task.destinationArn ?? deadLetterSourceArn);
    if (destination === undefined) {
      source.put(message);
      return [this.save({ ...task, status: 'FAILED', failureReason: 'CouldNotDetermineMessageSource' })];
    }
    const { change } = addMessage(destination, { body, senderId, messageAttributes });
    return [{ key: message.key }, change, this.save({ ...task, movedCount: task.movedCount + 1 })];
  }

  private tasksOf(source: Queue): MoveTask[] {
    return [...this.tasks.values()].filter(({ sourceArn }) => sourceArn === source.arn);
  }

  private save(task: MoveTask): Change {
    this.tasks.set(task.taskId, task);
    return { key: TASK_PREFIX + task.taskId, value: task };
  }

  private getQueue(parameters: Parameters, name: string): Queue {
    const arn = required(parameters, name);
    const queue = this.shared.queues.find(arn);
    if (queue?.arn === arn) return queue;
    const message = `The resource that you specified for the ${name} parameter doesn't exist.`;
    throw new AwsError('ResourceNotFoundException', message, 404);
  }
}

function isRunning({ status }: MoveTask): boolean {
  return status === 'RUNNING';
}

function toResult(task: MoveTask): Record<string, unknown> {
  return {
    ...(isRunning(task) && { TaskHandle: task.taskId }),
    Status: task.status,
    SourceArn: task.sourceArn,
    DestinationArn: task.destinationArn,
    MaxNumberOfMessagesPerSecond: task.maxPerSecond,
    ApproximateNumberOfMessagesMoved: task.movedCount,
    ApproximateNumberOfMessagesToMove: task.toMoveCount,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAt,
  };
}
