import { createHash } from 'node:crypto';
import { invalidParameter } from './parameters';

/** The typed values that a sender attaches to a message, by name. `BinaryValue` is base64. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>;

interface AttributeValue {
  /** `String`, `Number` or `Binary`, and perhaps a dot and a kind of the sender's own. */
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

const MAX_COUNT = 10;

/**
 * Checks what a client sent as attributes.
 *
 * @throws {AwsError} `InvalidParameterValue` for a name, a type or a value that SQS refuses, and for more than ten.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function parseAttributes(value: unknown): AttributeValues {
  const attributes = (value ?? {}) as AttributeValues;
  const entries = Object.entries(attributes);
  if (entries.length > MAX_COUNT) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_COUNT}].`,
    );
  }
  for (const [name, attribute] of entries) {
    checkName(name);
    checkValue(name, attribute);
  }
  return attributes;
}

function checkName(name: string): void {
  const isWellFormed = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && name.length <= 256;
  if (isWellFormed && !/^(aws|amazon)\./i.test(name)) return;
  throw invalidParameter(
    `Message (user) attribute name '${name}' must be 1 to 256 letters, digits, '_', '-' and single '.' inside, without AWS. or Amazon. in front.`,
  );
}

function checkValue(name: string, { DataType, StringValue, BinaryValue }: AttributeValue): void {
  const type = /^(String|Number|Binary)(\..+)?$/.exec(DataType ?? '')?.[1];
  if (type === undefined || DataType.length > 256) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (!value) {
    throw invalidParameter(`Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
  }
  if (type === 'Number' && Number.isNaN(Number(value))) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
}

/** How many bytes of the message's size the attributes take: names, types and values. */
export function sizeOfAttributes(attributes: AttributeValues): number {
  return Object.entries(attributes)
    .map(([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value.DataType) + contentOf(value).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Those that a receiver names: by their names, by a beginning (`order.*`), or all of them (`All` or `.*`). */
export function selectAttributes(attributes: AttributeValues, names: readonly string[]): AttributeValues {
  const isWanted = (name: string) =>
    names.some(
      (wish) => wish === 'All' || wish === name || (wish.endsWith('.*') && name.startsWith(wish.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

/**
 * The digest with which SDKs verify attributes: over each name, type, kind of transport and value in the order of the names.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: AttributeValues): string {
  const hash = createHash('md5');
  const addWithLength = (content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    hash.update(length).update(content);
  };
  for (const [name, value] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    addWithLength(Buffer.from(name));
    addWithLength(Buffer.from(value.DataType));
    hash.update(Buffer.from([value.DataType.startsWith('Binary') ? 2 : 1]));
    addWithLength(contentOf(value));
  }
  return hash.digest('hex');
}

function contentOf({ DataType, StringValue = '', BinaryValue = '' }: AttributeValue): Buffer {
  return DataType.startsWith('Binary') ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue);
}
