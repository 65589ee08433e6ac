import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { operations } from '../contract';
import { getQueue, isBeingMoved, startMove } from '../dead-letters/aws-sqs';
import { type Consumer, getConsumer, listConsumers } from '../dead-letters/consumers';
import { NoDeadLettersError } from '../dead-letters/no-dead-letters-error';

/**
 * Has the dead letters of a consumer moved back into its queue, and says how many there are. They come to the consumer as new
 * messages, once more than they have already: it bears repeats. Asking again, also after a lost reply, starts no second move
 * while one is under way, and says what is left then.
 */
export const redriveDeadLetters =
  (consumers: readonly Consumer[]) =>
  async ({ path }: Pick<RequestOf<typeof operations, 'redrive-dead-letters'>, 'path'>): Promise<HttpAnswer> => {
    const { name, queue, deadLetterQueue } = getConsumer(consumers, path.queue);
    const { arn, visible, hidden } = await getQueue(deadLetterQueue);
    const accepted = { status: 202, body: { queue: name, messages: visible + hidden } };
    if (await isBeingMoved(arn)) return accepted;
    // What somebody else has received is not moved, nor what came back a moment ago.
    if (visible === 0) throw new NoDeadLettersError(name, hidden);
    try {
      await startMove(arn, arn.replace(deadLetterQueue, queue));
    } catch (error) {
      // Another call was faster, or the reply was lost.
      if (!(await isBeingMoved(arn))) throw error;
    }
    return { ...accepted, body: { queue: name, messages: visible } };
  };

export const handler = httpHandler(operations, 'redrive-dead-letters', redriveDeadLetters(listConsumers()));
