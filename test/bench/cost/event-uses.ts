import type { Use } from '../../../infra/local/usage';
import { sum } from '../measure';

/** Events of one type, each version of an event for itself. */
export interface EventUse {
  readonly type: string;
  readonly published: number;
  /** What is billed: {@link chunksOf} each. */
  readonly billed: number;
  readonly bytes: number;
}

/** What one queue was asked for. */
export interface QueueUse {
  /** Of the consumer that it belongs to, such as `inventory/sell-stock`. */
  readonly name: string;
  /** That were sent to it. */
  readonly messages: number;
  /** What is billed: sends, receives that found messages, and deletions, {@link chunksOf} each. */
  readonly requests: number;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Begun 64 KB, and at least 1: EventBridge bills each as an event, SQS as a request.
 *
 * @see https://aws.amazon.com/eventbridge/pricing/
 * @see https://aws.amazon.com/sqs/pricing/
 */
export function chunksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

/** In the order in which the types were first published; of the functions alone for which `isOurs`. */
export function toEventUses(uses: readonly Use[], isOurs: (functionName: string) => boolean): EventUse[] {
  const published = uses.flatMap((use) =>
    use.service === 'event-bridge' && isOurs(use.functionName ?? '') ? [use] : [],
  );
  return [...new Set(published.map(({ detailType }) => detailType))].map((type) => {
    const bytes = published.flatMap((use) => (use.detailType === type ? [use.bytes] : []));
    return { type, published: bytes.length, billed: sum(bytes.map(chunksOf)), bytes: sum(bytes) };
  });
}

/**
 * In the order of their names, for batches of two queues overtake each other. `labelOf` names the consumer of a queue, which has its
 * function's name; what has none is left out.
 *
 * That a rule sends is a request like any other: nothing is said of it, and this is the dearer reading.
 */
export function toQueueUses(uses: readonly Use[], labelOf: (queue: string) => string | undefined): QueueUse[] {
  const asked = uses.flatMap((use) => {
    const label = use.service === 'sqs' ? labelOf(use.queue) : undefined;
    return use.service === 'sqs' && label !== undefined ? [{ ...use, label }] : [];
  });
  return [...new Set(asked.map(({ label }) => label))].sort().map((name) => {
    const own = asked.filter(({ label }) => label === name);
    const sends = own.filter(({ operation }) => operation.startsWith('SendMessage'));
    return {
      name,
      messages: sum(sends.map(({ messages }) => messages)),
      requests: sum(own.map(({ bytes }) => chunksOf(bytes))),
    };
  });
}
