import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { log } from '../observability/log';

/**
 * Makes a use case a consumer of a table's stream. Records are taken in order; at the first that fails the batch stops and
 * is delivered again from that record on, so none is skipped and none before it is repeated.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function streamHandler(useCase: (record: DynamoDBRecord) => Promise<void>) {
  return middy(
    async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
      for (const record of event.Records) {
        try {
          await useCase(record);
        } catch (error) {
          log('error', 'stream record failed', { error });
          return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
        }
      }
      return { batchItemFailures: [] };
    },
    { timeoutEarlyInMillis: 0 },
  );
}
