import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Change, KeyValueStore } from '../storage/key-value-store';
import { md5Of, parseReceiptHandle, type StoredMessage, toReceivedMessage } from './message';

/** A queue as a template describes it. */
export interface QueueDefinition {
  readonly queueName: string;
  /** 0 to 43200: how long a received message stays hidden. */
  readonly visibilityTimeoutSeconds: number;
  /** 60 to 1209600: how long a message is kept. */
  readonly messageRetentionSeconds: number;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_BODY_BYTES = 1_048_576;

/**
 * One standard queue. Its messages are in the store under `message/<queue>/<order of sending>`; every operation reads them,
 * which suits the short queues of failed work.
 */
export class Queue {
  /** The operations run one after the other, so that no two receivers get the same message. */
  private last: Promise<unknown> = Promise.resolve();
  private sentCount = 0;
  readonly createdAt: number;

  constructor(
    readonly definition: QueueDefinition,
    private readonly store: KeyValueStore,
    private readonly clock: Clock,
  ) {
    this.createdAt = clock.now();
  }

  send(body: string): Promise<{ MessageId: string; MD5OfMessageBody: string }> {
    const bytes = Buffer.byteLength(body);
    if (bytes < 1 || bytes > MAX_BODY_BYTES) {
      throw new AwsError('InvalidParameterValue', `MessageBody must be 1 to ${MAX_BODY_BYTES} bytes, got ${bytes}`);
    }
    return this.inTurn(async () => {
      const messageId = randomUUID();
      const sentAt = this.clock.now();
      const value: StoredMessage = { messageId, body, sentAt, visibleAt: sentAt, receiveCount: 0 };
      await this.store.write([{ key: this.nextKey(sentAt, messageId), value }]);
      return { MessageId: messageId, MD5OfMessageBody: md5Of(body) };
    });
  }

  /** Oldest first; what is received is hidden for `visibilityTimeoutSeconds`. */
  receive(options: { maxCount: number; visibilityTimeoutSeconds: number; attributeNames: readonly string[] }) {
    return this.inTurn(async () => {
      const now = this.clock.now();
      const visibleAt = now + options.visibilityTimeoutSeconds * 1000;
      const received = (await this.live()).filter(({ value }) => value.visibleAt <= now).slice(0, options.maxCount);
      const changes = received.map(({ key, value }) => {
        const receiveCount = value.receiveCount + 1;
        const changed = { ...value, visibleAt, receiveCount, firstReceivedAt: value.firstReceivedAt ?? now };
        return { key, value: changed };
      });
      await this.store.write(changes);
      return changes.map(({ key, value }) => toReceivedMessage(key, value, options.attributeNames));
    });
  }

  /** Deletes the message unless it was received again since; a message that is gone is no error. */
  delete(receiptHandle: unknown): Promise<void> {
    const { key, receiveCount } = parseReceiptHandle(receiptHandle);
    if (!key.startsWith(this.prefix)) {
      throw new AwsError('ReceiptHandleIsInvalid', `The receipt handle is not of queue ${this.definition.queueName}`);
    }
    return this.inTurn(async () => {
      const message = await this.store.get<StoredMessage>(key);
      if (message?.receiveCount === receiveCount) await this.store.write([{ key }]);
    });
  }

  /** How many messages can be received now, and how many are hidden. */
  count(): Promise<{ visible: number; hidden: number }> {
    return this.inTurn(async () => {
      const messages = await this.live();
      const visible = messages.filter(({ value }) => value.visibleAt <= this.clock.now()).length;
      return { visible, hidden: messages.length - visible };
    });
  }

  /** The messages whose retention is not over; the others are deleted on the way. */
  private async live(): Promise<Array<{ key: string; value: StoredMessage }>> {
    const oldestSentAt = this.clock.now() - this.definition.messageRetentionSeconds * 1000;
    const all = await this.store.list<StoredMessage>(this.prefix);
    const expired: Change[] = all.filter(({ value }) => value.sentAt < oldestSentAt).map(({ key }) => ({ key }));
    if (expired.length > 0) await this.store.write(expired);
    return all.filter(({ value }) => value.sentAt >= oldestSentAt);
  }

  private get prefix(): string {
    return `message/${this.definition.queueName}/`;
  }

  /** Keys sort by the order of sending, also within one millisecond and over a restart. */
  private nextKey(sentAt: number, messageId: string): string {
    this.sentCount += 1;
    const padded = (value: number) => String(value).padStart(15, '0');
    return `${this.prefix}${padded(sentAt)}-${padded(this.sentCount)}-${messageId}`;
  }

  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.last.then(action);
    this.last = result.catch(() => undefined);
    return result;
  }
}
