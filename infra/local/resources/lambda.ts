import type { Clock } from '../clock';
import type { Assembly, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { DynamoDb } from '../dynamodb/dynamodb';
import { functionArn, toFunctionName } from '../lambda/function-name';
import type { Lambda } from '../lambda/lambda';
import { openStreamMapping, type StreamMappingDefinition, type StreamRecord } from '../lambda/stream-mapping';
import type { Sqs } from '../sqs/sqs';
import type { KeyValueStore } from '../storage/key-value-store';
import { isPresent, member, numberOf, textOf } from './properties';

/** The path under which the endpoint serves the functions' URLs: a host name of its own would need a name server. */
export const FUNCTION_URL_PATH = '/_url/';

/** Functions, their addresses, and what feeds them. `awsUrl` is the endpoint's own address. */
export const lambdaTypes = (awsUrl: string): ResourceTypes => ({
  'AWS::Lambda::Function': {
    physicalName: { property: 'FunctionName', maximumLength: 64 },
    attributes: { Arn: (made) => functionArn(made, made.physicalName) },
    properties: {
      FunctionName: 'used',
      Code: { members: { S3Bucket: 'used', S3Key: 'used' } },
      Handler: 'used',
      Runtime: 'used',
      Role: 'used',
      Timeout: 'used',
      MemorySize: 'used',
      Environment: 'used',
      Architectures: 'ignored',
      LoggingConfig: 'ignored',
      TracingConfig: 'ignored',
      Tags: 'ignored',
    },
  },
  'AWS::Lambda::Url': {
    attributes: {
      FunctionUrl: (url) =>
        `${awsUrl}${FUNCTION_URL_PATH}${toFunctionName(textOf(url.property('TargetFunctionArn')))}/`,
    },
    properties: { AuthType: { oneOf: ['NONE'] }, TargetFunctionArn: 'used' },
  },
  'AWS::Lambda::Permission': {
    properties: {
      Action: { oneOf: ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'] },
      FunctionName: 'used',
      Principal: 'used',
      SourceArn: 'used',
      FunctionUrlAuthType: 'ignored',
      InvokedViaFunctionUrl: 'ignored',
    },
  },
  'AWS::Lambda::EventSourceMapping': {
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
});

export function provisionFunctions(assembly: Assembly, resources: readonly Resource[], lambda: Lambda): void {
  for (const { type, properties, physicalName } of resources) {
    if (type !== 'AWS::Lambda::Function') continue;
    const code = member(properties, 'Code');
    lambda.createFunction({
      functionName: physicalName,
      codeDirectory: assembly.assetDirectory(textOf(code?.S3Bucket), textOf(code?.S3Key)),
      handler: textOf(properties.Handler),
      timeoutSeconds: numberOf(properties.Timeout, 3),
      memoryMb: numberOf(properties.MemorySize, 128),
      environment: (member(properties, 'Environment')?.Variables ?? {}) as Record<string, string>,
      roleArn: textOf(properties.Role),
      runtime: textOf(properties.Runtime),
    });
  }
}

/** Who may invoke what, by the functions' resource policies: pairs of function name and a pattern of the source's ARN. */
export function listInvokePermissions(
  resources: readonly Resource[],
): (functionArn: string, sourceArn: string) => boolean {
  const permissions = resources
    .filter(
      ({ type, properties }) =>
        type === 'AWS::Lambda::Permission' && properties.Principal === 'apigateway.amazonaws.com',
    )
    .map(({ properties }) => ({
      functionName: toFunctionName(textOf(properties.FunctionName)),
      matches: toPattern(textOf(properties.SourceArn)),
    }));
  return (arn, sourceArn) => {
    const name = toFunctionName(arn);
    return permissions.some(({ functionName, matches }) => functionName === name && matches.test(sourceArn));
  };
}

/** `*` stands for any characters, slashes included, as in IAM's ArnLike. */
function toPattern(arn: string): RegExp {
  return new RegExp(
    `^${arn
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}

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
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
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
