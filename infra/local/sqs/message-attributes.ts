import { createHash } from 'node:crypto';
import { invalidParameter } from './parameters';

/**
 * The typed values that a sender attaches to a message, by name. `DataType` is `String` or `Number`, and perhaps a dot and a kind
 * of the sender's own.
 */
export type AttributeValues = Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;

/** Up to 256 letters, digits, hyphens and underscores, with single points between them. */
const NAME = /^(?=.{1,256}$)(?!(aws|amazon)\.)[\w-]+(\.[\w-]+)*$/i;
const TYPE = /^(?=.{1,256}$)(String|Number)(\..+)?$/;

/**
 * Checks what a client sent as attributes.
 *
 * @throws {AwsError} `InvalidParameterValue` for a name, a type or a value that SQS refuses, for more than ten, and for bytes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function parseAttributes(value: unknown): AttributeValues {
  const attributes = (value ?? {}) as AttributeValues;
  const entries = Object.entries(attributes);
  if (entries.length > 10) throw invalidParameter(`a message has at most 10 attributes, got ${entries.length}`);
  for (const [name, { DataType, StringValue }] of entries) {
    const type = TYPE.exec(DataType ?? '')?.[1];
    const check = (isRight: boolean, rule: string) => {
      if (!isRight) throw invalidParameter(`message attribute '${name}' must have ${rule}`);
    };
    check(NAME.test(name), "a name of 1 to 256 letters, digits, _, - and single points, without 'AWS.' before it");
    check(type !== undefined, `type String or Number in the local cloud, got '${DataType}'`);
    check(Boolean(StringValue), 'a value that is not empty');
    check(type === 'String' || Number.isFinite(Number(StringValue)), `a number as its value, got '${StringValue}'`);
  }
  return attributes;
}

/**
 * The trace header among the system attributes that a client sent, the only one that there is.
 *
 * @throws {AwsError} `InvalidParameterValue` for another one, or one that is no text.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 */
export function parseSystemAttributes(value: unknown): string | undefined {
  const { AWSTraceHeader: header, ...others } = (value ?? {}) as Partial<AttributeValues>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidParameter(`message system attribute must be AWSTraceHeader, got '${other}'`);
  if (header === undefined) return undefined;
  if (header.DataType === 'String' && header.StringValue) return header.StringValue;
  throw invalidParameter(
    "message system attribute 'AWSTraceHeader' must have type String and a value that is not empty",
  );
}

/** How many bytes of the message's size the attributes take: names, types and values. */
export function sizeOfAttributes(attributes: AttributeValues): number {
  const texts = Object.entries(attributes).map(([name, { DataType, StringValue }]) => name + DataType + StringValue);
  return Buffer.byteLength(texts.join(''));
}

/** Those that a receiver names, as members of an answer: by their names, by a beginning (`order.*`), or all of them (`All`). */
export function selectAttributes(attributes: AttributeValues, names: readonly string[]): Record<string, unknown> {
  const isWanted = (name: string) =>
    names.some(
      (wish) => wish === 'All' || wish === name || (wish.endsWith('.*') && name.startsWith(wish.slice(0, -2))),
    );
  const wanted = Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
  return Object.keys(wanted).length === 0 ? {} : { MessageAttributes: wanted, ...digestOfAttributes(wanted) };
}

/**
 * The digest with which SDKs verify attributes, as the member of an answer; nothing when there are none. It goes over each name,
 * type, kind of transport and value in the order of the names.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function digestOfAttributes(attributes: AttributeValues): Record<string, string> {
  const inOrder = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (inOrder.length === 0) return {};
  const hash = createHash('md5');
  const addWithLength = (text: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    hash.update(length).update(text);
  };
  for (const [name, { DataType, StringValue }] of inOrder) {
    addWithLength(name);
    addWithLength(DataType);
    // Sent as text, not as bytes.
    hash.update(Buffer.from([1]));
    addWithLength(StringValue);
  }
  return { MD5OfMessageAttributes: hash.digest('hex') };
}
