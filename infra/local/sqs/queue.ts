import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Change } from '../storage/key-value-store';
import { Arrivals } from './arrivals';
import { type Message, parseReceiptHandle, type StoredMessage, toChange } from './message';
import { MessageIndex } from './message-index';
import type { OrderedWrites } from './ordered-writes';
import { invalidParameter } from './parameters';
import type { QueueSettings } from './queue-definition';

/** What a sender gives, checked. */
export type NewMessage = Pick<StoredMessage, 'body' | 'senderId' | 'messageAttributes' | 'traceHeader'> & {
  /** 0 to 900; the queue's own when absent. */
  readonly delaySeconds?: number;
};

/** What a queue works with. */
export interface QueueOptions {
  readonly settings: QueueSettings;
  readonly arn: string;
  readonly clock: Clock;
  readonly writes: OrderedWrites;
  /** The queue that gets what was received too often, if there is one. */
  readonly findDeadLetterQueue: () => Queue | undefined;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_IN_FLIGHT = 120_000;
const MAX_VISIBILITY_MS = 43_200_000;

/** The beginning of the keys of a queue's messages in the store; the order of sending follows. */
export const MESSAGE_PREFIX = 'message/';

/**
 * One standard queue. Its messages are in memory and in the store: a change is made in memory at once, so that no two receivers
 * get the same message, and answered when it is in the store.
 */
export class Queue {
  readonly settings: QueueSettings;
  readonly arn: string;
  readonly createdAt: number;
  private readonly index: MessageIndex;
  private readonly arrivals: Arrivals;
  private readonly clock: Clock;
  private readonly prefix: string;
  private sentCount = 0;
  private purgedAt = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  constructor(private readonly options: QueueOptions) {
    this.settings = options.settings;
    this.arn = options.arn;
    this.clock = options.clock;
    this.createdAt = this.clock.now();
    this.prefix = `${MESSAGE_PREFIX}${this.settings.queueName}/`;
    this.index = new MessageIndex(this.settings.messageRetentionSeconds * 1000);
    this.arrivals = new Arrivals(this.clock, this.index, () => this.settle());
  }

  /** Takes in the messages of an earlier run. */
  load(messages: readonly Message[]): void {
    for (const message of messages) this.index.put(message, this.clock.now());
  }

  /** Calls `listener` when a message may have become receivable; returns what ends that. */
  onArrival(listener: () => void): () => void {
    return this.arrivals.listen(listener);
  }

  /** Lets waiting receivers go, with nothing. */
  close(): void {
    this.isClosed = true;
    this.arrivals.close();
  }

  async send(message: NewMessage): Promise<string> {
    const { messageId, changes } = this.add(message);
    await this.options.writes.write(changes);
    return messageId;
  }

  /** Adds a message in memory, under a new id; `changes` put it into the store. */
  add({ delaySeconds = this.settings.delaySeconds, ...content }: NewMessage): { messageId: string; changes: Change[] } {
    const messageId = randomUUID();
    const sentAt = this.clock.now();
    const visibleAt = sentAt + delaySeconds * 1000;
    const key = this.nextKey(sentAt, messageId);
    return { messageId, changes: [this.put({ ...content, key, messageId, sentAt, visibleAt, receiveCount: 0 })] };
  }

  /**
   * The oldest visible messages; they are hidden for `visibilityTimeoutSeconds` then. Waits for the first one if there is none.
   *
   * @throws {AwsError} `OverLimit` when too many messages are hidden and it may not wait.
   */
  async receive(request: ReceiveRequest): Promise<Message[]> {
    const waitsUntil = this.clock.now() + request.waitSeconds * 1000;
    for (;;) {
      const { messages, written } = this.take(request);
      const leftMs = waitsUntil - this.clock.now();
      const isWaiting = messages.length === 0 && leftMs > 0 && !this.isClosed;
      await Promise.all([written, isWaiting && this.arrivals.next(leftMs)]);
      if (!isWaiting) return messages;
    }
  }

  /** Deletes the message unless it was received again since; a message that is gone is no error. */
  async delete(receiptHandle: unknown): Promise<void> {
    const { key, receiveCount } = this.parseHandle(receiptHandle);
    if (this.index.find(key)?.receiveCount !== receiveCount) return;
    this.index.remove(key);
    await this.options.writes.write([{ key }]);
  }

  /**
   * Hides a received message for `timeoutSeconds` from now. Without effect when it is visible again, or was received again.
   *
   * @throws {AwsError} `InvalidParameterValue` when the message is gone, or would be hidden for more than twelve hours.
   */
  async changeVisibility(receiptHandle: unknown, timeoutSeconds: number): Promise<void> {
    const { key, receiveCount } = this.parseHandle(receiptHandle);
    this.settle();
    const message = this.index.find(key);
    if (message === undefined) {
      throw invalidParameter(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    if (message.receiveCount !== receiveCount || !this.index.isHidden(key)) return;
    const visibleAt = this.clock.now() + timeoutSeconds * 1000;
    if (visibleAt - (message.receivedAt ?? 0) > MAX_VISIBILITY_MS) {
      throw invalidParameter(
        `Value ${timeoutSeconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`,
      );
    }
    await this.options.writes.write([this.put({ ...message, visibleAt })]);
  }

  /** How many messages can be received, are received and hidden, and are delayed. */
  count(): { visible: number; inFlight: number; delayed: number } {
    this.settle();
    return this.index.counts();
  }

  /** @throws {AwsError} `PurgeQueueInProgress` within a minute of the last time. */
  async purge(): Promise<void> {
    if (this.clock.now() - this.purgedAt < 60_000) {
      const message = `Only one PurgeQueue operation on ${this.settings.queueName} is allowed every 60 seconds.`;
      throw new AwsError('PurgeQueueInProgress', message, 403);
    }
    this.purgedAt = this.clock.now();
    const keys = this.index.keys();
    for (const key of keys) this.index.remove(key);
    await this.options.writes.write(keys.map((key) => ({ key })));
  }

  /** Takes the oldest visible message out in memory, not as a receiver does. */
  takeOut(): Message | undefined {
    this.settle();
    return this.index.shift();
  }

  private take({ maxCount, visibilityTimeoutSeconds, waitSeconds }: ReceiveRequest) {
    this.settle();
    const now = this.clock.now();
    const room = MAX_IN_FLIGHT - this.index.counts().inFlight;
    if (room <= 0 && waitSeconds === 0) {
      throw new AwsError('OverLimit', `Too many messages in flight; at most ${MAX_IN_FLIGHT} are allowed`, 403);
    }
    const received: Message[] = [];
    const moved: Change[] = [];
    while (received.length < Math.min(maxCount, room)) {
      const message = this.index.shift();
      if (message === undefined) break;
      const deadLetterQueue = this.isWornOut(message) ? this.options.findDeadLetterQueue() : undefined;
      if (deadLetterQueue === undefined) received.push(message);
      else moved.push({ key: message.key }, deadLetterQueue.adopt(message, this.arn));
    }
    const visibleAt = now + visibilityTimeoutSeconds * 1000;
    const messages = received.map((message): Message => {
      const firstReceivedAt = message.firstReceivedAt ?? now;
      return { ...message, visibleAt, receiveCount: message.receiveCount + 1, firstReceivedAt, receivedAt: now };
    });
    const hidden = messages.map((message) => this.put(message));
    return { messages, written: this.options.writes.write([...moved, ...hidden]) };
  }

  private isWornOut({ receiveCount }: Message): boolean {
    return receiveCount >= (this.settings.redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY);
  }

  /** Takes over a message of another queue that was received too often there. It keeps its id and when it was sent. */
  private adopt(message: Message, deadLetterSourceArn: string): Change {
    const earlierReceiveCount = message.receiveCount + (message.earlierReceiveCount ?? 0);
    const key = this.nextKey(message.sentAt, message.messageId);
    const visibleAt = this.clock.now();
    return this.put({ ...message, key, visibleAt, receiveCount: 0, earlierReceiveCount, deadLetterSourceArn });
  }

  private put(message: Message): Change {
    this.index.put(message, this.clock.now());
    this.arrivals.changed(message.visibleAt);
    return toChange(message);
  }

  private settle(): void {
    const expired = this.index.settle(this.clock.now());
    // Nobody waits for this: what is left in the store is expired at the next start, too.
    this.options.writes.write(expired.map((key) => ({ key }))).catch(() => undefined);
  }

  private parseHandle(receiptHandle: unknown): { key: string; receiveCount: number } {
    const parsed = parseReceiptHandle(receiptHandle);
    if (parsed.key.startsWith(this.prefix)) return parsed;
    throw new AwsError('ReceiptHandleIsInvalid', `The receipt handle is not of queue ${this.settings.queueName}`);
  }

  /** Keys sort by the order of sending, also within one millisecond. */
  private nextKey(sentAt: number, messageId: string): string {
    this.sentCount += 1;
    const padded = (value: number) => String(value).padStart(15, '0');
    return `${this.prefix}${padded(sentAt)}-${padded(this.sentCount)}-${messageId}`;
  }
}

export interface ReceiveRequest {
  /** 1 to 10. */
  readonly maxCount: number;
  readonly visibilityTimeoutSeconds: number;
  readonly waitSeconds: number;
}
