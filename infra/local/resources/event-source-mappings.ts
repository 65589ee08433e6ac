import type { Clock } from '../clock';
import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { DynamoDb } from '../dynamodb/dynamodb';
import { functionArn, toFunctionName } from '../lambda/function-name';
import type { Lambda } from '../lambda/lambda';
import { openQueueMapping, type QueueMessage, type QueueSource } from '../lambda/queue-mapping';
import { openStreamMapping, type StreamRecord } from '../lambda/stream-mapping';
import type { Sqs } from '../sqs/sqs';
import type { KeyValueStore } from '../storage/key-value-store';
import { functionTimeoutOf, toQueueMapping, toStreamMapping, visibilityTimeoutOf } from './mapping-definitions';
import { isPresent, textOf } from './properties';

const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** What feeds functions from streams and queues. */
export const eventSourceMappingTypes: ResourceTypes = {
  [MAPPING]: {
    properties: {
      EventSourceArn: 'used',
      FunctionName: 'used',
      Enabled: 'used',
      StartingPosition: { oneOf: ['TRIM_HORIZON', 'LATEST'] },
      BatchSize: 'used',
      MaximumBatchingWindowInSeconds: 'used',
      BisectBatchOnFunctionError: 'used',
      MaximumRecordAgeInSeconds: 'used',
      MaximumRetryAttempts: 'used',
      FunctionResponseTypes: 'used',
      FilterCriteria: 'used',
      DestinationConfig: { members: { OnFailure: { members: { Destination: 'used' } } } },
      ScalingConfig: { members: { MaximumConcurrency: 'used' } },
      Tags: 'ignored',
    },
  },
};

/** What the mappings work with. */
export interface MappingRooms {
  readonly dynamodb: DynamoDb;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly store: KeyValueStore;
  readonly clock: Clock;
  /** Stands around everything that a mapping does. Default: runs it. */
  readonly around?: AroundMapping;
}

/** Runs what a mapping does; may refuse it, which the mapping takes as a failure of the service, or run it otherwise. */
export type AroundMapping = <T>(call: MappingCall, run: () => Promise<T>) => Promise<T>;

/** What a mapping does, and with the rights of which function. */
export interface MappingCall {
  readonly functionName: string;
  readonly action: MappingAction;
  readonly resourceArn: string;
}

type MappingAction =
  | 'dynamodb:GetRecords'
  | 'lambda:InvokeFunction'
  | 'sqs:DeleteMessage'
  | 'sqs:ReceiveMessage'
  | 'sqs:SendMessage';

interface Mapping {
  close(): Promise<void>;
}

/**
 * Starts the event source mappings; each runs until it is closed.
 *
 * @throws {Error} for another source than a stream of a table or a queue, for what AWS refuses with the source, and for a queue
 * that hides messages for less time than the function may run.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function startMappings(resources: readonly Resource[], rooms: MappingRooms): Mapping[] {
  return resources
    .filter(({ type, properties }) => type === MAPPING && String(properties.Enabled ?? true) === 'true')
    .map((resource) => {
      const arn = textOf(resource.properties.EventSourceArn);
      const source = SOURCES[arn.split(':')[2] ?? ''];
      if (source === undefined) {
        throw new Error(`${nameOf(resource)}: its source must be a stream of DynamoDB or a queue of SQS, got ${arn}`);
      }
      const unfit = source.unfitProperties.filter((name) => isPresent(resource.properties[name]));
      if (unfit.length > 0) throw new Error(`${nameOf(resource)}: ${arn} cannot be mapped with ${unfit.join(', ')}`);
      return source.start(resource, new FunctionCalls(resource, rooms), rooms, resources);
    });
}

interface Source {
  readonly unfitProperties: readonly string[];
  readonly start: (
    resource: Resource,
    calls: FunctionCalls,
    rooms: MappingRooms,
    resources: readonly Resource[],
  ) => Mapping;
}

/** By the service in the source's ARN. */
const SOURCES: Readonly<Record<string, Source>> = {
  dynamodb: { unfitProperties: ['ScalingConfig'], start: startStreamMapping },
  sqs: {
    unfitProperties: [
      'StartingPosition',
      'BisectBatchOnFunctionError',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'DestinationConfig',
    ],
    start: startQueueMapping,
  },
};

/** Does what a mapping does for its function, with `around` around it. */
class FunctionCalls {
  readonly functionName: string;
  readonly invoke: Lambda['invoke'];
  private readonly around: AroundMapping;

  constructor({ properties }: Resource, { lambda, around = (_call, run) => run() }: MappingRooms) {
    this.around = around;
    this.functionName = toFunctionName(textOf(properties.FunctionName));
    const [, , , region = '', accountId = ''] = textOf(properties.EventSourceArn).split(':');
    const arn = functionArn({ region, accountId }, this.functionName);
    this.invoke = (...invocation) => this.run('lambda:InvokeFunction', arn, () => lambda.invoke(...invocation));
  }

  run<T>(action: MappingAction, resourceArn: string, run: () => Promise<T>): Promise<T> {
    return this.around({ functionName: this.functionName, action, resourceArn }, run);
  }
}

function startStreamMapping(resource: Resource, calls: FunctionCalls, rooms: MappingRooms): Mapping {
  const { dynamodb, sqs, store, clock } = rooms;
  const definition = toStreamMapping(resource);
  const { streamArn } = definition;
  const read = (after: string | undefined, limit: number) =>
    dynamodb.readStream(streamArn, after, limit) as Promise<StreamRecord[]>;
  return openStreamMapping({
    definition,
    source: {
      read: (after, limit) => calls.run('dynamodb:GetRecords', streamArn, () => read(after, limit)),
      onWrite: (listener) => dynamodb.onStreamWrite(streamArn, listener),
    },
    invoke: calls.invoke,
    sendToQueue: (queueArn, body) => calls.run('sqs:SendMessage', queueArn, () => sqs.send(queueArn, body)),
    store,
    clock,
  });
}

function startQueueMapping(
  resource: Resource,
  calls: FunctionCalls,
  { sqs, clock }: MappingRooms,
  resources: readonly Resource[],
): Mapping {
  const queueArn = textOf(resource.properties.EventSourceArn);
  const visibilityTimeoutSeconds = visibilityTimeoutOf(queueArn, resources);
  const functionTimeoutSeconds = functionTimeoutOf(calls.functionName, resources);
  if (visibilityTimeoutSeconds < functionTimeoutSeconds) {
    throw new Error(
      `${nameOf(resource)}: the visibility timeout of ${queueArn}, ${visibilityTimeoutSeconds} seconds, is less than the timeout of function ${calls.functionName}, ${functionTimeoutSeconds} seconds`,
    );
  }
  return openQueueMapping({
    definition: toQueueMapping(resource, queueArn, visibilityTimeoutSeconds),
    source: toQueueSource(queueArn, sqs, calls),
    invoke: calls.invoke,
    clock,
  });
}

function toQueueSource(queueArn: string, sqs: Sqs, calls: FunctionCalls): QueueSource {
  const QueueUrl = sqs.queueUrl(queueArn.split(':').at(-1) ?? '');
  const all = { WaitTimeSeconds: 0, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
  return {
    receive: (limit) =>
      calls.run('sqs:ReceiveMessage', queueArn, async () => {
        const answer = await sqs.handle('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: limit, ...all });
        return (answer.Messages ?? []) as QueueMessage[];
      }),
    delete: (receiptHandles) =>
      calls.run('sqs:DeleteMessage', queueArn, async () => {
        const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.handle('DeleteMessageBatch', { QueueUrl, Entries });
      }),
    onArrival: (listener) => sqs.onArrival(queueArn, listener),
  };
}

function nameOf({ physicalName }: Resource): string {
  return `event source mapping ${physicalName}`;
}
