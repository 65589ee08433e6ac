import type { MappingDefinition } from './mapping';

/** A message as ReceiveMessage answers it with all of its attributes. */
export interface QueueMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** Where a mapping gets messages: one queue. Any of it may reject; the mapping tries again. */
export interface QueueSource {
  /** At most `limit` messages, 1 to 10, without waiting; they are hidden from others from now on. */
  receive(limit: number): Promise<readonly QueueMessage[]>;
  /** At most 10 messages. */
  delete(receiptHandles: readonly string[]): Promise<void>;
  /** Calls `listener` when a message may have become receivable; returns what ends that. */
  onArrival(listener: () => void): () => void;
}

/** The settings of an event source mapping of a queue, as its template gives them. */
export interface QueueMappingDefinition extends MappingDefinition {
  readonly queueArn: string;
  /** How long the queue hides a received message, in seconds: until then the mapping may try with it. */
  readonly visibilityTimeoutSeconds: number;
  /** 2 to 1000: how many invocations run at once. */
  readonly maximumConcurrency: number;
}

/**
 * The record in which a function gets a message.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toMessageRecord(message: QueueMessage, queueArn: string): Record<string, unknown> {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [name, toAttribute(attribute)]),
    ),
    ...(message.MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
}

function toAttribute({ DataType, StringValue, BinaryValue }: MessageAttribute): Record<string, unknown> {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
