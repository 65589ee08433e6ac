import type { Clock } from '../clock';
import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { DynamoDb } from '../dynamodb/dynamodb';
import { toFunctionName } from '../lambda/function-name';
import type { Lambda } from '../lambda/lambda';
import type { Mapping, MappingDefinition } from '../lambda/mapping';
import { openQueueMapping, type QueueMessage, type QueueSource } from '../lambda/queue-mapping';
import { openStreamMapping, type StreamRecord } from '../lambda/stream-mapping';
import type { Sqs } from '../sqs/sqs';
import type { KeyValueStore } from '../storage/key-value-store';
import { type BeginSpan, inSpan } from '../tracing';
import { listFunctions } from './lookups';
import { isPresent, member, numberOf, textOf } from './properties';
import { visibilityTimeoutSecondsOf } from './sqs';

const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** What feeds functions from streams and queues. */
export const eventSourceMappingTypes: ResourceTypes = {
  [MAPPING]: {
    properties: {
      EventSourceArn: 'used',
      FunctionName: 'used',
      Enabled: 'used',
      StartingPosition: { oneOf: ['TRIM_HORIZON'] },
      BatchSize: 'used',
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
  /** Begins the span in which a batch of a stream is handed over, and that of a message's time in its queue. Default: neither. */
  readonly beginSpan?: BeginSpan;
  /** Stands around what a mapping does with its source and its failure queue. Default: runs it. */
  readonly around?: AroundMapping;
}

/** Runs what a mapping does; may refuse it, which the mapping takes as a failure of the service, or run it otherwise. */
export type AroundMapping = <T>(call: MappingCall, run: () => Promise<T>) => Promise<T>;

/** What a mapping does, and with the rights of which function. */
export interface MappingCall {
  readonly functionName: string;
  /** `dynamodb:GetRecords`, `sqs:ReceiveMessage`, `sqs:DeleteMessage` or `sqs:SendMessage`. */
  readonly action: string;
  readonly resourceArn: string;
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
      if (source === undefined) throw isRefused(resource, `its source must be a stream or a queue, got ${arn}`);
      const unfit = source.unfitProperties.filter((name) => isPresent(resource.properties[name]));
      if (unfit.length > 0) throw isRefused(resource, `${arn} cannot be mapped with ${unfit.join(', ')}`);
      return source.start(resource, rooms, resources);
    });
}

interface Source {
  readonly unfitProperties: readonly string[];
  readonly start: (resource: Resource, rooms: MappingRooms, resources: readonly Resource[]) => Mapping;
}

const STREAM_PROPERTIES = [
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'DestinationConfig',
];

/** By the service in the source's ARN. */
const SOURCES: Readonly<Record<string, Source>> = {
  dynamodb: { unfitProperties: ['ScalingConfig'], start: startStreamMapping },
  sqs: { unfitProperties: STREAM_PROPERTIES, start: startQueueMapping },
};

function startStreamMapping(resource: Resource, rooms: MappingRooms): Mapping {
  const { dynamodb, lambda, sqs, store, clock, beginSpan } = rooms;
  const { properties } = resource;
  const call = toCaller(resource, rooms);
  const streamArn = textOf(properties.EventSourceArn);
  const onFailure = member(member(properties, 'DestinationConfig') ?? {}, 'OnFailure')?.Destination;
  const read = (after: string | undefined, limit: number) =>
    dynamodb.readStream(streamArn, after, limit) as Promise<StreamRecord[]>;
  return openStreamMapping({
    definition: {
      ...toDefinition(resource, 100),
      streamArn,
      bisectBatchOnFunctionError: String(properties.BisectBatchOnFunctionError) === 'true',
      maximumRetryAttempts: numberOf(properties.MaximumRetryAttempts, -1),
      maximumRecordAgeSeconds: numberOf(properties.MaximumRecordAgeInSeconds, -1),
      ...(isPresent(onFailure) && { onFailureQueueArn: textOf(onFailure) }),
    },
    source: {
      read: (after, limit) => call('dynamodb:GetRecords', streamArn, () => read(after, limit)),
      onWrite: (listener) => dynamodb.onStreamWrite(streamArn, listener),
    },
    invoke: invokeTraced(lambda, beginSpan, streamArn),
    sendToQueue: (queueArn, body) => call('sqs:SendMessage', queueArn, () => sqs.send(queueArn, body)),
    store,
    clock,
  });
}

/** Streams carry no trace: each batch of one begins a trace of its own. */
function invokeTraced(lambda: Lambda, beginSpan: BeginSpan | undefined, streamArn: string): Lambda['invoke'] {
  if (beginSpan === undefined) return lambda.invoke;
  const name = `stream of ${streamArn.split('/')[1]}`;
  return (functionName, payload) =>
    inSpan(beginSpan({ name, service: 'dynamodb-streams', kind: 'producer' }), (traceHeader) =>
      lambda.invoke(functionName, payload, { traceHeader }),
    );
}

function startQueueMapping(resource: Resource, rooms: MappingRooms, resources: readonly Resource[]): Mapping {
  const { lambda, sqs, clock, beginSpan } = rooms;
  const { EventSourceArn, FunctionName } = resource.properties;
  const queueArn = textOf(EventSourceArn);
  const queueName = queueArn.split(':').at(-1);
  const queue = resources.find(({ type, physicalName }) => type === 'AWS::SQS::Queue' && physicalName === queueName);
  const functionName = toFunctionName(textOf(FunctionName));
  const invoked = listFunctions(resources).get(functionName);
  if (queue === undefined) throw isRefused(resource, `there is no queue ${queueName}`);
  if (invoked === undefined) throw isRefused(resource, `there is no function ${functionName}`);
  const visibilityTimeoutSeconds = visibilityTimeoutSecondsOf(queue);
  if (visibilityTimeoutSeconds < invoked.timeoutSeconds) {
    throw isRefused(
      resource,
      `the visibility timeout of ${queueArn}, ${visibilityTimeoutSeconds} seconds, is less than the timeout of function ${functionName}, ${invoked.timeoutSeconds} seconds`,
    );
  }
  const definition = toDefinition(resource, 10);
  if (definition.batchSize > 10) {
    throw isRefused(resource, `BatchSize must be at most 10 without a batching window, got ${definition.batchSize}`);
  }
  const maximumConcurrency = numberOf(member(resource.properties, 'ScalingConfig')?.MaximumConcurrency, 5);
  return openQueueMapping({
    definition: { ...definition, queueArn, visibilityTimeoutSeconds, maximumConcurrency },
    source: toQueueSource(queueArn, sqs, toCaller(resource, rooms)),
    invoke: lambda.invoke,
    beginSpan,
    clock,
  });
}

function toQueueSource(queueArn: string, sqs: Sqs, call: MappingCaller): QueueSource {
  const QueueUrl = sqs.queueUrl(queueArn.split(':').at(-1) ?? '');
  const all = { WaitTimeSeconds: 0, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
  return {
    receive: (limit) =>
      call('sqs:ReceiveMessage', queueArn, async () => {
        const answer = await sqs.handle('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: limit, ...all });
        return (answer.Messages ?? []) as QueueMessage[];
      }),
    delete: (receiptHandles) =>
      call('sqs:DeleteMessage', queueArn, async () => {
        const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.handle('DeleteMessageBatch', { QueueUrl, Entries });
      }),
    onArrival: (listener) => sqs.onArrival(queueArn, listener),
  };
}

type MappingCaller = <T>(action: string, resourceArn: string, run: () => Promise<T>) => Promise<T>;

/** Does what a mapping does for its function, with `around` around it. */
function toCaller({ properties }: Resource, { around = (_call, run) => run() }: MappingRooms): MappingCaller {
  const functionName = toFunctionName(textOf(properties.FunctionName));
  return (action, resourceArn, run) => around({ functionName, action, resourceArn }, run);
}

function toDefinition({ properties, physicalName }: Resource, defaultBatchSize: number): MappingDefinition {
  const filters = (member(properties, 'FilterCriteria')?.Filters ?? []) as Array<{ Pattern: string }>;
  const responseTypes = (properties.FunctionResponseTypes ?? []) as string[];
  return {
    uuid: physicalName,
    // With its version or alias, if there is one.
    functionName: textOf(properties.FunctionName),
    batchSize: numberOf(properties.BatchSize, defaultBatchSize),
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    filters: filters.map(({ Pattern }) => Pattern),
  };
}

function isRefused({ physicalName }: Resource, reason: string): Error {
  return new Error(`event source mapping ${physicalName}: ${reason}`);
}
