import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Change } from '../storage/key-value-store';
import { type AttributeValues, md5OfAttributes, selectAttributes } from './message-attributes';

/** A message as the store keeps it. Instants are epoch milliseconds. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  /** When it was sent first. It stays when the message is moved to a dead-letter queue, and its retention counts from it. */
  readonly sentAt: number;
  /** From when on it may be received. */
  readonly visibleAt: number;
  /** How often it was received from this queue. */
  readonly receiveCount: number;
  /** How often it was received from the queue that it was moved from. */
  readonly earlierReceiveCount?: number;
  readonly firstReceivedAt?: number;
  /** When it was received last. */
  readonly receivedAt?: number;
  readonly senderId?: string;
  readonly messageAttributes?: AttributeValues;
  readonly traceHeader?: string;
  /** The queue that it was moved from because it was received too often. */
  readonly deadLetterSourceArn?: string;
}

/** A message of a queue, with its key in the store. */
export interface Message extends StoredMessage {
  readonly key: string;
}

/** What puts the message into the store. */
export function toChange({ key, ...value }: Message): Change {
  return { key, value };
}

/** The MD5 digest in hexadecimal with which clients check a body. */
export function md5Of(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

/** What a receiver needs to delete the message: its key, and which of its receipts this is. */
export function toReceiptHandle({ key, receiveCount }: Message): string {
  return Buffer.from(JSON.stringify([key, receiveCount])).toString('base64');
}

/**
 * The reverse of `toReceiptHandle`.
 *
 * @throws {AwsError} `ReceiptHandleIsInvalid` for anything else.
 */
export function parseReceiptHandle(handle: unknown): { key: string; receiveCount: number } {
  try {
    const [key, receiveCount]: unknown[] = JSON.parse(Buffer.from(String(handle), 'base64').toString());
    if (typeof key === 'string' && typeof receiveCount === 'number') return { key, receiveCount };
  } catch {
    // Not ours: the error below says so.
  }
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle is invalid: ${handle}`);
}

/**
 * The message as ReceiveMessage answers it, with the system attributes and the message attributes that the caller names.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function toReceivedMessage(
  message: Message,
  wanted: { systemAttributeNames: readonly string[]; messageAttributeNames: readonly string[] },
): Record<string, unknown> {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) =>
      value !== undefined && wanted.systemAttributeNames.some((wish) => wish === 'All' || wish === name),
  );
  const attributes = selectAttributes(message.messageAttributes ?? {}, wanted.messageAttributeNames);
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    MessageId: message.messageId,
    ReceiptHandle: toReceiptHandle(message),
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(hasAttributes && { MD5OfMessageAttributes: md5OfAttributes(attributes), MessageAttributes: attributes }),
  };
}

function systemAttributes(message: Message): Record<string, string | undefined> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount + (message.earlierReceiveCount ?? 0)),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
}
