import type { Resource } from '../cloud-assembly/cloud-assembly';
import type { QueueMappingDefinition } from '../lambda/queue-mapping';
import type { StreamMappingDefinition } from '../lambda/stream-mapping';
import { isPresent, member, numberOf, textOf } from './properties';
import { visibilityTimeoutSecondsOf } from './sqs';

/** The definition of a mapping whose source is a stream. */
export function toStreamMapping({ properties, physicalName }: Resource): StreamMappingDefinition {
  const onFailure = member(member(properties, 'DestinationConfig') ?? {}, 'OnFailure')?.Destination;
  return {
    ...toCommon(properties, physicalName),
    streamArn: textOf(properties.EventSourceArn),
    startingPosition: properties.StartingPosition as StreamMappingDefinition['startingPosition'],
    batchSize: numberOf(properties.BatchSize, 100),
    bisectBatchOnFunctionError: String(properties.BisectBatchOnFunctionError ?? false) === 'true',
    maximumRetryAttempts: numberOf(properties.MaximumRetryAttempts, -1),
    maximumRecordAgeSeconds: numberOf(properties.MaximumRecordAgeInSeconds, -1),
    parallelizationFactor: 1,
    ...(isPresent(onFailure) && { onFailureQueueArn: textOf(onFailure) }),
  };
}

/** The definition of a mapping whose source is a queue, which hides received messages for so long. */
export function toQueueMapping(
  { properties, physicalName }: Resource,
  queueArn: string,
  visibilityTimeoutSeconds: number,
): QueueMappingDefinition {
  const maximumConcurrency = member(properties, 'ScalingConfig')?.MaximumConcurrency;
  return {
    ...toCommon(properties, physicalName),
    queueArn,
    visibilityTimeoutSeconds,
    batchSize: numberOf(properties.BatchSize, 10),
    ...(isPresent(maximumConcurrency) && { maximumConcurrency: Number(maximumConcurrency) }),
  };
}

/** What mappings of both kinds have. */
function toCommon(properties: Resource['properties'], physicalName: string) {
  const filters = (member(properties, 'FilterCriteria')?.Filters ?? []) as Array<{ Pattern: string }>;
  const responseTypes = (properties.FunctionResponseTypes ?? []) as string[];
  return {
    uuid: physicalName,
    // With its version or alias, if there is one.
    functionName: textOf(properties.FunctionName),
    maximumBatchingWindowSeconds: numberOf(properties.MaximumBatchingWindowInSeconds, 0),
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    filters: filters.map(({ Pattern }) => Pattern),
  };
}

/**
 * How long a queue of the template hides received messages, in seconds.
 *
 * @throws {Error} when the template has no such queue.
 */
export function visibilityTimeoutOf(queueArn: string, resources: readonly Resource[]): number {
  return visibilityTimeoutSecondsOf(getResource('AWS::SQS::Queue', queueArn.split(':').at(-1), resources));
}

/**
 * How long a function of the template may run, in seconds.
 *
 * @throws {Error} when the template has no such function.
 */
export function functionTimeoutOf(functionName: string, resources: readonly Resource[]): number {
  return numberOf(getResource('AWS::Lambda::Function', functionName, resources).properties.Timeout, 3);
}

function getResource(type: string, name: string | undefined, resources: readonly Resource[]): Resource {
  const found = resources.find((resource) => resource.type === type && resource.physicalName === name);
  if (found === undefined) throw new Error(`event source mapping: there is no ${type} ${name}`);
  return found;
}
