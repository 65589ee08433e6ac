import { functionArn, parseFunctionName } from './function-name';
import type { StreamMappingDefinition, StreamRecord } from './stream-record';

/** Why records were given up, and what the last invocation with them answered. */
export interface Discard {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
  /** Absent if there was no invocation: the records had expired before. */
  readonly last?: { readonly requestId: string; readonly executedVersion: string; readonly functionError?: string };
}

/** A stream has one shard here. */
const SHARD_ID = 'shardId-00000000000000000000-00000000';

/**
 * The message about given-up records for the on-failure destination. It holds no record: the reader fetches them from the
 * stream by their sequence numbers.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function toDiscardMessage(
  definition: StreamMappingDefinition,
  records: readonly StreamRecord[],
  { condition, invokeCount, last }: Discard,
  now: number,
): string {
  const [, , , region = '', accountId = ''] = definition.streamArn.split(':');
  const { functionName, qualifier } = parseFunctionName(definition.functionName);
  const { requestId, ...response } = last ?? {};
  const [first, final] = [records[0]?.dynamodb, records.at(-1)?.dynamodb];
  return JSON.stringify({
    requestContext: {
      requestId,
      functionArn: functionArn({ region, accountId }, functionName, qualifier),
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(last && { responseContext: { statusCode: 200, ...response } }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId: SHARD_ID,
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: final?.SequenceNumber,
      approximateArrivalOfFirstRecord: toSeconds(first?.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: toSeconds(final?.ApproximateCreationDateTime),
      batchSize: records.length,
      streamArn: definition.streamArn,
    },
  });
}

/** `2019-11-14T00:13:19Z` */
function toSeconds(epochSeconds = 0): string {
  return `${new Date(Math.floor(epochSeconds) * 1000).toISOString().slice(0, 19)}Z`;
}
