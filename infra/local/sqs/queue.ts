import type { Clock } from '../clock';
import type { Change } from '../storage/key-value-store';
import { MAX_MESSAGE_BYTES, MESSAGE_PREFIX, type Message } from './message';
import type { OrderedWrites } from './ordered-writes';
import type { QueueTable } from './queue-table';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const DEFAULT_SETTINGS = {
  /** How long a received message stays hidden. */
  visibilityTimeoutSeconds: 30,
  /** How long a message is kept. */
  messageRetentionSeconds: 345_600,
  /** How long a sent message stays hidden at first. */
  delaySeconds: 0,
  /** How long a receiver waits for a message. */
  receiveWaitSeconds: 0,
  /** Body and attributes together. */
  maximumMessageBytes: MAX_MESSAGE_BYTES,
};

export type QueueSettings = typeof DEFAULT_SETTINGS & {
  readonly queueName: string;
  /** Where a message goes that is received more than `maxReceiveCount` times. Default: nowhere, it stays. */
  readonly redrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
};

/** What all queues share. */
export interface SharedByQueues {
  readonly clock: Clock;
  readonly writes: OrderedWrites;
  readonly queues: QueueTable;
}

/**
 * One standard queue and its messages in memory: those that can be received, in the order in which they showed up, and those that
 * are hidden. A hidden one shows itself when its time has come; any goes when it is older than the retention.
 */
export class Queue {
  /** The beginning of the keys of its messages. */
  readonly prefix: string;
  isClosed = false;
  private readonly messages = new Map<string, Message>();
  private readonly visibleKeys = new Set<string>();
  private readonly timers = new Map<string, () => void>();
  private readonly listeners = new Set<() => void>();
  private keyCount = 0;

  constructor(
    readonly settings: QueueSettings,
    readonly arn: string,
    readonly url: string,
    readonly shared: SharedByQueues,
  ) {
    this.prefix = `${MESSAGE_PREFIX}${settings.queueName}/`;
  }

  /** Takes in those of the messages that are its own, and returns the others. */
  load(messages: readonly Message[]): Message[] {
    const isOwn = ({ key }: Message) => key.startsWith(this.prefix);
    for (const message of messages.filter(isOwn)) this.put(message);
    return messages.filter((message) => !isOwn(message));
  }

  find(key: string): Message | undefined {
    return this.messages.get(key);
  }

  /** How many messages can be received, are received and hidden, and are delayed. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    const hidden = [...this.messages.values()].filter(({ key }) => !this.visibleKeys.has(key));
    const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length;
    return { visible: this.visibleKeys.size, inFlight: hidden.length - delayed, delayed };
  }

  /** Adds a message, or takes it as the new state of the one with the same key; what it returns does so in the store. */
  put(message: Message): Change {
    const { clock, writes } = this.shared;
    const { key, sentAt, visibleAt } = message;
    const now = clock.now();
    const expiresAt = sentAt + this.settings.messageRetentionSeconds * 1000 + 1;
    const isVisible = visibleAt <= now;
    this.remove(key);
    if (expiresAt <= now) {
      // Nobody waits for this: what is left in the store is expired at the next start, too.
      writes.write([{ key }]).catch(() => undefined);
      return { key };
    }
    const changesAt = isVisible ? expiresAt : Math.min(visibleAt, expiresAt);
    const cancel = clock.after(changesAt - now, () => this.put(message));
    this.timers.set(key, cancel);
    this.messages.set(key, message);
    if (isVisible) {
      this.visibleKeys.add(key);
      this.announce();
    }
    return { key, value: message };
  }

  /** Removes a message; what it returns does so in the store. */
  remove(key: string): Change {
    this.timers.get(key)?.();
    for (const keys of [this.timers, this.messages, this.visibleKeys]) keys.delete(key);
    return { key };
  }

  /** Removes and returns the first visible message. */
  shift(): Message | undefined {
    const [key = ''] = this.visibleKeys;
    const message = this.find(key);
    this.remove(key);
    return message;
  }

  /** A key for a message, behind those of earlier messages, also within one millisecond. */
  nextKey({ sentAt, messageId }: Pick<Message, 'sentAt' | 'messageId'>): string {
    this.keyCount += 1;
    const padded = (value: number) => String(value).padStart(15, '0');
    return `${this.prefix}${padded(sentAt)}-${padded(this.keyCount)}-${messageId}`;
  }

  /** Calls `listener` when a message has become visible; returns what ends that. */
  onArrival(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when a message has become visible, or `atMostMs` from now. */
  nextArrival(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        stop();
        resolve();
      };
      const cancel = this.shared.clock.after(atMostMs, end);
      const stop = this.onArrival(end);
    });
  }

  /** Lets waiting receivers go, with nothing. */
  close(): void {
    this.isClosed = true;
    this.announce();
    this.listeners.clear();
    for (const cancel of this.timers.values()) cancel();
  }

  private announce(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
