import { AwsError } from '../aws-error';

/** The parameters of a request. */
export type Parameters = Readonly<Record<string, unknown>>;

/** SDKs show this code of the Query protocol also for the JSON protocol. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** The parameters that the room knows of each operation. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageAttributes', 'MessageSystemAttributes'],
  SendMessageBatch: ['QueueUrl', 'Entries'],
  ReceiveMessage: [
    ...['QueueUrl', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds'],
    ...['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames'],
  ],
  DeleteMessage: ['QueueUrl', 'ReceiptHandle'],
  DeleteMessageBatch: ['QueueUrl', 'Entries'],
  ChangeMessageVisibility: ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'],
  ChangeMessageVisibilityBatch: ['QueueUrl', 'Entries'],
  GetQueueAttributes: ['QueueUrl', 'AttributeNames'],
  GetQueueUrl: ['QueueName'],
  ListQueues: ['QueueNamePrefix'],
  StartMessageMoveTask: ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond'],
  ListMessageMoveTasks: ['SourceArn', 'MaxResults'],
  CancelMessageMoveTask: ['TaskHandle'],
};

/** @throws {AwsError} `UnsupportedOperation` when the room does not know the operation, or one of the parameters. */
export function checkRequest(operation: string, parameters: Parameters): void {
  const known = PARAMETERS[operation];
  const unknown = Object.keys(parameters).filter((name) => !known?.includes(name));
  if (known !== undefined && unknown.length === 0) return;
  const what = known === undefined ? operation : `${unknown.join(', ')} of ${operation}`;
  throw new AwsError('UnsupportedOperation', `the local SQS does not support ${what}`);
}

/** @throws {AwsError} `MissingParameter` when the parameter is absent or empty. */
export function required(parameters: Parameters, name: string): string {
  const value = String(parameters[name] ?? '');
  if (value === '') throw new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
  return value;
}

type Range = readonly [least: number, most: number];

/**
 * A whole number within a range, `fallback` when it is absent.
 *
 * @throws {AwsError} `InvalidParameterValue`.
 */
export function integerWithin<T>(from: Parameters, name: string, [least, most]: Range, fallback: T): number | T {
  const value = from[name] ?? undefined;
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

/** A list of texts, empty when it is absent. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
