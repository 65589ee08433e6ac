import { requireEnv } from '../../../lib/env';
import { deadLetterQueueName, ENV, queueName } from '../../../lib/service/names';
import { QueueNotFoundError } from './queue-not-found-error';

/** A consumer of messages and its two queues. */
export interface Consumer {
  /** `<service>-<handler>`: what the API calls its queue. */
  readonly name: string;
  /** What it is fed from: name of the queue. */
  readonly queue: string;
  /** Where goes what it could not take: name of the queue. */
  readonly deadLetterQueue: string;
}

/** Every consumer that the environment names, by name. The infrastructure writes them there from the contracts. */
export function listConsumers(): Consumer[] {
  const stage = requireEnv(ENV.stage);
  const names = requireEnv(ENV.deadLetterQueues).split(',').sort();
  return names.map((name) => {
    const [service = '', ...handler] = name.split('-');
    const queueOf = [stage, service, handler.join('-')] as const;
    return { name, queue: queueName(...queueOf), deadLetterQueue: deadLetterQueueName(...queueOf) };
  });
}

/** @throws {QueueNotFoundError} when there is no consumer of that name. */
export function getConsumer(consumers: readonly Consumer[], name: string): Consumer {
  const consumer = consumers.find((one) => one.name === name);
  const known = consumers.map((one) => one.name);
  if (!consumer) throw new QueueNotFoundError(name, known);
  return consumer;
}
