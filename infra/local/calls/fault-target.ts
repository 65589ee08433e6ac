import type { FaultTarget } from '../faults/faults';

type Body = Readonly<Record<string, unknown>>;

/** Which part of the cloud a request is about, and which resource of it; `undefined` for what no fault can strike. */
export function faultTargetOf(targetPrefix: string, body: Body): FaultTarget | undefined {
  const find = Object.hasOwn(TARGETS, targetPrefix) ? TARGETS[targetPrefix] : undefined;
  return find?.(body);
}

/** By the prefix of the `x-amz-target` header. */
const TARGETS: Readonly<Record<string, (body: Body) => FaultTarget>> = {
  DynamoDB_20120810: (body) => namedTarget('dynamodb', tableOf(body)),
  AWSEvents: ({ Entries, EventBusName }) =>
    namedTarget(
      'events',
      textIn((firstOf(Entries) as Body | undefined)?.EventBusName) ?? textIn(EventBusName) ?? 'default',
    ),
  AmazonSQS: ({ QueueUrl, QueueName }) => namedTarget('sqs', textIn(QueueUrl) ?? textIn(QueueName)),
  AWSStepFunctions: ({ stateMachineArn, executionArn }) =>
    namedTarget('states', textIn(stateMachineArn) ?? textIn(executionArn)?.split(':').slice(0, -1).join(':')),
  secretsmanager: ({ SecretId }) => ({ part: 'secretsmanager', ...secretNameOf(textIn(SecretId)) }),
};

/** A part and a resource of it; the name is what stands last in a URL or an ARN. */
export function namedTarget(part: FaultTarget['part'], address: string | undefined): FaultTarget {
  return address === undefined ? { part } : { part, name: address.split(/[/:]/).at(-1) ?? address };
}

/** Names of secrets have slashes; in an ARN, six random characters stand behind the name. */
function secretNameOf(secretId: string | undefined): { name?: string } {
  const [, name] = /^arn:.*:secret:(.+)-[^-]{6}$/.exec(secretId ?? '') ?? [];
  const found = name ?? secretId;
  return found === undefined ? {} : { name: found };
}

/** The table; of a batch or a transaction the first one. */
function tableOf({ TableName, RequestItems, TransactItems }: Body): string | undefined {
  const inTransaction = Object.values((firstOf(TransactItems) ?? {}) as Record<string, Body>)[0]?.TableName;
  const inBatch = typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems)[0] : undefined;
  return textIn(TableName) ?? textIn(inTransaction) ?? inBatch;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
