import { type Clock, systemClock } from '../../../lib/clock';
import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { operations } from '../contract';
import { findOldestSentAt, getQueue } from '../dead-letters/aws-sqs';
import { type Consumer, listConsumers } from '../dead-letters/consumers';

/**
 * The dead-letter queues that hold something, by name. All are asked at once. One that cannot be read makes it an error: a list
 * that lacks a queue would say that all is well there.
 */
export const listDeadLetters =
  (consumers: readonly Consumer[], clock: Clock = systemClock) =>
  async (): Promise<HttpAnswer> => {
    const found = await Promise.all(consumers.map((consumer) => lookInto(consumer, clock)));
    return { status: 200, body: { items: found.filter(({ messages }) => messages > 0) } };
  };

async function lookInto({ name, deadLetterQueue }: Consumer, clock: Clock) {
  const state = await getQueue(deadLetterQueue);
  const sentAt = state.visible > 0 ? await findOldestSentAt(state) : undefined;
  return {
    queue: name,
    messages: state.visible + state.hidden,
    // Nobody can look at letters that came back a moment ago, or that somebody else has.
    oldestAgeSeconds: sentAt === undefined ? 0 : Math.max(0, Math.floor((clock.now() - sentAt) / 1000)),
  };
}

export const handler = httpHandler(operations, 'list-dead-letters', listDeadLetters(listConsumers()));
