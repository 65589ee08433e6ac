import { AwsError } from '../aws-error';
import { integerWithin, type Parameters } from './parameters';
import type { Queue } from './queue';
import { allowsRedriveFrom } from './queue-definition';

/** The queues of the room, by name. */
export class QueueTable {
  private readonly queues = new Map<string, Queue>();

  /**
   * @throws {Error} when the name is taken, or its dead-letter queue does not exist or does not allow it.
   */
  add(queue: Queue): void {
    const { queueName, redrivePolicy } = queue.settings;
    if (this.queues.has(queueName)) throw new Error(`queue ${queueName} exists already`);
    if (redrivePolicy !== undefined) {
      const { deadLetterTargetArn } = redrivePolicy;
      const target = this.find(deadLetterTargetArn);
      if (target === undefined) {
        throw new Error(`queue ${queueName}: its dead-letter queue ${deadLetterTargetArn} does not exist`);
      }
      if (!allowsRedriveFrom(target.settings.redriveAllowPolicy, queue.arn)) {
        throw new Error(
          `queue ${queueName}: the RedriveAllowPolicy of ${deadLetterTargetArn} does not allow it as a source`,
        );
      }
    }
    this.queues.set(queueName, queue);
  }

  /** By an ARN, or by any spelling of a URL that ends in the queue's name. */
  find(address: unknown): Queue | undefined {
    return this.queues.get(
      String(address ?? '')
        .split(/[/:]/)
        .at(-1) ?? '',
    );
  }

  /** @throws {AwsError} `QueueDoesNotExist`. */
  get(address: unknown): Queue {
    const queue = this.find(address);
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  all(): Queue[] {
    return [...this.queues.values()];
  }

  /** The queues that have this one as their dead-letter queue. */
  sourcesOf(deadLetterQueue: Queue): Queue[] {
    return this.all().filter(({ settings }) => settings.redrivePolicy?.deadLetterTargetArn === deadLetterQueue.arn);
  }
}

/** One page of queues in the order of their names: at most `MaxResults`, default 1000, after the one that `NextToken` names. */
export function pageOf(queues: readonly Queue[], parameters: Parameters): { names: string[]; NextToken?: string } {
  const limit = integerWithin(parameters, 'MaxResults', [1, 1000], 1000);
  const { NextToken } = parameters;
  const left = queues
    .map(({ settings }) => settings.queueName)
    .filter((name) => NextToken === undefined || name > String(NextToken))
    .sort();
  const names = left.slice(0, limit);
  const last = names.at(-1);
  return { names, ...(left.length > limit && last !== undefined && { NextToken: last }) };
}
