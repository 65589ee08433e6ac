import { AwsError } from '../aws-error';
import { md5Of } from './message';
import { type AttributeValues, md5OfAttributes, parseAttributes, sizeOfAttributes } from './message-attributes';
import { integerWithin, invalidParameter, type Parameters, requiredText } from './parameters';
import type { NewMessage } from './queue';

/** @see https://www.w3.org/TR/REC-xml/#charsets */
const FORBIDDEN_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Reads the message out of a SendMessage request, or out of an entry of a batch.
 *
 * @throws {AwsError} `MissingParameter`, `InvalidParameterValue`, `InvalidMessageContents` or `UnsupportedOperation`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function parseNewMessage(parameters: Parameters, maximumBytes: number, senderId: string): NewMessage {
  const body = requiredText(parameters, 'MessageBody');
  if (FORBIDDEN_CHARACTER.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const messageAttributes = parseAttributes(parameters.MessageAttributes);
  const size = sizeOfMessage(parameters);
  if (size > maximumBytes) {
    const reason = `Message must be shorter than ${maximumBytes} bytes.`;
    throw invalidParameter(`One or more parameters are invalid. Reason: ${reason}`);
  }
  const delaySeconds = integerWithin(parameters, 'DelaySeconds', [0, 900], undefined);
  const traceHeader = parseTraceHeader(parameters.MessageSystemAttributes);
  return {
    body,
    senderId,
    ...(Object.keys(messageAttributes).length > 0 && { messageAttributes }),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(delaySeconds !== undefined && { delaySeconds }),
  };
}

/** What counts against the limits: the body and the attributes, but not the trace header. */
export function sizeOfMessage({ MessageBody, MessageAttributes }: Parameters): number {
  return Buffer.byteLength(String(MessageBody ?? '')) + sizeOfAttributes((MessageAttributes ?? {}) as AttributeValues);
}

/** The digests with which the sender verifies what arrived. */
export function digestsOf({ body, messageAttributes, traceHeader }: NewMessage): Record<string, string> {
  return {
    MD5OfMessageBody: md5Of(body),
    ...(messageAttributes && { MD5OfMessageAttributes: md5OfAttributes(messageAttributes) }),
    ...(traceHeader && {
      MD5OfMessageSystemAttributes: md5OfAttributes({
        AWSTraceHeader: { DataType: 'String', StringValue: traceHeader },
      }),
    }),
  };
}

function parseTraceHeader(value: unknown): string | undefined {
  const { AWSTraceHeader, ...others } = (value ?? {}) as AttributeValues;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined || (AWSTraceHeader !== undefined && AWSTraceHeader.DataType !== 'String')) {
    throw invalidParameter(
      `Message system attribute name '${unknown ?? 'AWSTraceHeader'}' is invalid. Reason: only AWSTraceHeader, of type String, can be sent.`,
    );
  }
  return AWSTraceHeader?.StringValue;
}
