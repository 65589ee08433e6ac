import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import { type AttributeValues, parseAttributes, parseSystemAttributes, sizeOfAttributes } from './message-attributes';
import { integerWithin, invalidParameter, type Parameters, required } from './parameters';

/** What a sender gives, checked. */
export interface NewMessage {
  readonly body: string;
  readonly senderId: string;
  readonly messageAttributes: AttributeValues;
  /** `X-Amzn-Trace-Id` of whoever sent it. */
  readonly traceHeader?: string;
  /** 0 to 900; the queue's own when absent. */
  readonly delaySeconds?: number;
}

/** A message of a queue. Instants are epoch milliseconds. */
export interface Message extends Omit<NewMessage, 'delaySeconds'> {
  /** In the store: `MESSAGE_PREFIX`, the queue's name, and what puts it behind those that were sent before. */
  readonly key: string;
  readonly messageId: string;
  /** When it was sent first. It stays when the message is moved to a dead-letter queue, and its retention counts from it. */
  readonly sentAt: number;
  /** From when on it may be received. */
  readonly visibleAt: number;
  /** A dead letter's goes on from that of its earlier queue. */
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  /** The queue that it was moved from because it was received too often. */
  readonly deadLetterSourceArn?: string;
}

/** Who sends. */
export interface Sender {
  readonly id: string;
  /** The request's `X-Amzn-Trace-Id`: of its messages that have no trace header of their own. */
  readonly traceHeader?: string | undefined;
}

export const MESSAGE_PREFIX = 'message/';

/** The largest message, which is also the largest batch of messages. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** @see https://www.w3.org/TR/REC-xml/#charsets */
const FORBIDDEN_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Reads the message out of a SendMessage request, or out of an entry of a batch.
 *
 * @throws {AwsError} `MissingParameter`, `InvalidParameterValue` or `InvalidMessageContents`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function parseNewMessage(parameters: Parameters, maximumBytes: number, sender: Sender): NewMessage {
  const body = required(parameters, 'MessageBody');
  if (FORBIDDEN_CHARACTER.test(body)) {
    throw new AwsError('InvalidMessageContents', 'Message has characters that are not those of XML 1.0.');
  }
  const messageAttributes = parseAttributes(parameters.MessageAttributes);
  if (sizeOfMessage(parameters) > maximumBytes) {
    const reason = `Message must be shorter than ${maximumBytes} bytes.`;
    throw invalidParameter(`One or more parameters are invalid. Reason: ${reason}`);
  }
  const delaySeconds = integerWithin(parameters, 'DelaySeconds', [0, 900], undefined);
  const traceHeader = parseSystemAttributes(parameters.MessageSystemAttributes) ?? sender.traceHeader;
  const trace = traceHeader === undefined ? {} : { traceHeader };
  return { body, senderId: sender.id, messageAttributes, delaySeconds, ...trace };
}

/** What counts against the limits: the body and the attributes, but no trace header. */
export function sizeOfMessage({ MessageBody = '', MessageAttributes = {} }: Parameters): number {
  return Buffer.byteLength(String(MessageBody)) + sizeOfAttributes(MessageAttributes as AttributeValues);
}

/** The MD5 digest in hexadecimal with which clients check a body. */
export function md5Of(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

/** What a receiver needs to delete the message: its key, and which of its receipts this is. */
export function toReceiptHandle({ key, receiveCount }: Message): string {
  return Buffer.from(JSON.stringify([key, receiveCount])).toString('base64');
}

/**
 * The reverse of `toReceiptHandle`.
 *
 * @throws {AwsError} `ReceiptHandleIsInvalid` unless it is the handle of a message whose key begins with `keyPrefix`.
 */
export function parseReceiptHandle(handle: string, keyPrefix: string): { key: string; receiveCount: number } {
  const [, key, receiveCount] = /^\["(.*)",(\d+)\]$/.exec(Buffer.from(handle, 'base64').toString()) ?? [];
  if (key?.startsWith(keyPrefix)) return { key, receiveCount: Number(receiveCount) };
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle is invalid: ${handle}`);
}
