import type { Clock } from '../clock';
import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { DynamoDb } from '../dynamodb/dynamodb';
import { toFunctionName } from '../lambda/function-name';
import type { Lambda } from '../lambda/lambda';
import { openStreamMapping, type StreamMappingDefinition, type StreamRecord } from '../lambda/stream-mapping';
import type { Sqs } from '../sqs/sqs';
import type { KeyValueStore } from '../storage/key-value-store';
import { isPresent, member, numberOf, textOf } from './properties';

const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** What feeds functions from streams. */
export const eventSourceMappingTypes: ResourceTypes = {
  [MAPPING]: {
    properties: {
      EventSourceArn: 'used',
      FunctionName: 'used',
      StartingPosition: { oneOf: ['TRIM_HORIZON', 'LATEST'] },
      BatchSize: 'used',
      BisectBatchOnFunctionError: 'used',
      MaximumRecordAgeInSeconds: 'used',
      FunctionResponseTypes: 'used',
      FilterCriteria: 'used',
      DestinationConfig: { members: { OnFailure: { members: { Destination: 'used' } } } },
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
}

/** Starts the event source mappings; each runs until it is closed. */
export function startMappings(resources: readonly Resource[], rooms: MappingRooms): Array<{ close(): Promise<void> }> {
  const { dynamodb, lambda, sqs, store, clock } = rooms;
  return resources
    .filter(({ type }) => type === MAPPING)
    .map((resource) => {
      const definition = toMapping(resource);
      return openStreamMapping({
        definition,
        source: {
          read: (after, limit) => dynamodb.readStream(definition.streamArn, after, limit) as Promise<StreamRecord[]>,
          onWrite: (listener) => dynamodb.onStreamWrite(definition.streamArn, listener),
        },
        invoke: lambda.invoke,
        sendToQueue: sqs.send,
        store,
        clock,
      });
    });
}

function toMapping({ properties, physicalName }: Resource): StreamMappingDefinition {
  const filters = (member(properties, 'FilterCriteria')?.Filters ?? []) as Array<{ Pattern: string }>;
  const onFailure = member(member(properties, 'DestinationConfig') ?? {}, 'OnFailure')?.Destination;
  const responseTypes = (properties.FunctionResponseTypes ?? []) as string[];
  return {
    uuid: physicalName,
    functionName: toFunctionName(textOf(properties.FunctionName)),
    streamArn: textOf(properties.EventSourceArn),
    startingPosition: properties.StartingPosition as StreamMappingDefinition['startingPosition'],
    batchSize: numberOf(properties.BatchSize, 100),
    maximumBatchingWindowSeconds: 0,
    bisectBatchOnFunctionError: properties.BisectBatchOnFunctionError === true,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: numberOf(properties.MaximumRecordAgeInSeconds, -1),
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    filters: filters.map(({ Pattern }) => Pattern),
    parallelizationFactor: 1,
    ...(isPresent(onFailure) && { onFailureQueueArn: textOf(onFailure) }),
  };
}
