import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';

/** A message as the store keeps it. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  /** Instants are epoch milliseconds. */
  readonly sentAt: number;
  /** From when on it may be received. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
}

/** The MD5 digest in hexadecimal with which clients check a body. */
export function md5Of(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** What a receiver needs to delete the message: its key, and which of its receipts this is. */
export function toReceiptHandle(key: string, receiveCount: number): string {
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

/** The message as ReceiveMessage answers it. `attributeNames` are the system attributes that the caller wants. */
export function toReceivedMessage(key: string, message: StoredMessage, attributeNames: readonly string[]) {
  const all: Record<string, string> = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  const wanted = attributeNames.includes('All') ? Object.keys(all) : attributeNames.filter((name) => name in all);
  const attributes = Object.fromEntries(wanted.map((name) => [name, all[name]]));
  return {
    MessageId: message.messageId,
    ReceiptHandle: toReceiptHandle(key, message.receiveCount),
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    ...(wanted.length === 0 ? {} : { Attributes: attributes }),
  };
}
