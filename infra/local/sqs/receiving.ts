// A change is made in memory at once, so that no two receivers get the same message, and answered when it is in the store.
import { randomUUID } from 'node:crypto';
import type { Change } from '../storage/key-value-store';
import { type Message, type NewMessage, parseReceiptHandle } from './message';
import { invalidParameter } from './parameters';
import type { Queue } from './queue';

/** Adds a message to a queue in memory, under a new id; `change` puts it into the store. */
export function addMessage(queue: Queue, message: NewMessage): { messageId: string; change: Change } {
  const { delaySeconds = queue.settings.delaySeconds, ...content } = message;
  const messageId = randomUUID();
  const sentAt = queue.shared.clock.now();
  const key = queue.nextKey({ sentAt, messageId });
  const visibleAt = sentAt + delaySeconds * 1000;
  return { messageId, change: queue.put({ ...content, key, messageId, sentAt, visibleAt, receiveCount: 0 }) };
}

type ReceiveRequest = Record<'maxCount' | 'visibilityTimeoutSeconds' | 'waitSeconds', number>;

/** Hands out visible messages, and hides them for `visibilityTimeoutSeconds`. Waits for the first one if there is none. */
export async function receiveMessages(queue: Queue, request: ReceiveRequest): Promise<Message[]> {
  const { clock, writes } = queue.shared;
  const waitsUntil = clock.now() + request.waitSeconds * 1000;
  for (;;) {
    const { messages, changes } = take(queue, request);
    const leftMs = waitsUntil - clock.now();
    const isWaiting = messages.length === 0 && leftMs > 0 && !queue.isClosed;
    await Promise.all([writes.write(changes), isWaiting && queue.nextArrival(leftMs)]);
    if (!isWaiting) return messages;
  }
}

/** Takes messages as a receiver does; those that were received too often go to the dead-letter queue, with id and age. */
function take(queue: Queue, { maxCount, visibilityTimeoutSeconds }: ReceiveRequest) {
  const { redrivePolicy } = queue.settings;
  const now = queue.shared.clock.now();
  const messages: Message[] = [];
  const changes: Change[] = [];
  while (messages.length < maxCount) {
    const message = queue.shift();
    if (message === undefined) break;
    const { key, receiveCount, firstReceivedAt = now } = message;
    if (redrivePolicy !== undefined && receiveCount >= redrivePolicy.maxReceiveCount) {
      const deadLetterQueue = queue.shared.queues.get(redrivePolicy.deadLetterTargetArn);
      const moved = { key: deadLetterQueue.nextKey(message), visibleAt: now, deadLetterSourceArn: queue.arn };
      changes.push({ key }, deadLetterQueue.put({ ...message, ...moved }));
    } else {
      const visibleAt = now + visibilityTimeoutSeconds * 1000;
      messages.push({ ...message, visibleAt, receiveCount: receiveCount + 1, firstReceivedAt });
    }
  }
  // Not before: hidden for no time, a message would be taken again right away.
  for (const message of messages) changes.push(queue.put(message));
  return { messages, changes };
}

/** Deletes the message unless it was received again since; a message that is gone is no error. */
export async function deleteMessage(queue: Queue, receiptHandle: string): Promise<void> {
  const { key, receiveCount } = parseReceiptHandle(receiptHandle, queue.prefix);
  if (queue.find(key)?.receiveCount === receiveCount) await queue.shared.writes.write([queue.remove(key)]);
}

/**
 * Hides a received message for `timeoutSeconds` from now. Without effect when it is visible again, or was received again.
 *
 * @throws {AwsError} `InvalidParameterValue` when the message is gone.
 */
export async function changeVisibility(queue: Queue, receiptHandle: string, timeoutSeconds: number): Promise<void> {
  const { clock, writes } = queue.shared;
  const { key, receiveCount } = parseReceiptHandle(receiptHandle, queue.prefix);
  const message = queue.find(key);
  if (message === undefined) {
    const reason = 'Message does not exist or is not available for visibility timeout change.';
    throw invalidParameter(`Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
  }
  const isHeld = message.receiveCount === receiveCount && message.visibleAt > clock.now();
  if (isHeld) await writes.write([queue.put({ ...message, visibleAt: clock.now() + timeoutSeconds * 1000 })]);
}
