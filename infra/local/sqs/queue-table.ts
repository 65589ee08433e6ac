import { AwsError } from '../aws-error';
import type { Queue } from './queue';

/** The queues of the room, by name. */
export class QueueTable {
  private readonly queues = new Map<string, Queue>();

  /** @throws {Error} when the name is taken, or its dead-letter queue does not exist. */
  add(queue: Queue): void {
    const { queueName, redrivePolicy } = queue.settings;
    if (this.queues.has(queueName)) throw new Error(`queue ${queueName} exists already`);
    if (redrivePolicy !== undefined && this.find(redrivePolicy.deadLetterTargetArn) === undefined) {
      throw new Error(`queue ${queueName}: its dead-letter queue ${redrivePolicy.deadLetterTargetArn} does not exist`);
    }
    this.queues.set(queueName, queue);
  }

  /** By an ARN, or by any spelling of a URL that ends in the queue's name. */
  find(address = ''): Queue | undefined {
    return this.queues.get(address.split(/[/:]/).at(-1) ?? '');
  }

  /** @throws {AwsError} `QueueDoesNotExist`. */
  get(address: string): Queue {
    const queue = this.find(address);
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  all(): Queue[] {
    return [...this.queues.values()];
  }
}
