import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { log } from '../observability/log';

/** One change of an item of the service's own table. */
export interface ItemChange<Item> {
  /** The item after the change; absent when it was deleted. */
  readonly after?: Item;
  /** The item before the change; absent when it is new. */
  readonly before?: Item;
}

/**
 * Makes a use case a consumer of a table's stream. Changes are taken in order; at the first that fails the batch stops and
 * is delivered again from that one on, so none is skipped and none before it is repeated.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function streamHandler<Item>(useCase: (change: ItemChange<Item>) => Promise<void>) {
  return middy(
    async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
      for (const record of event.Records) {
        try {
          await useCase(toChange(record));
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

function toChange<Item>({ dynamodb }: DynamoDBRecord): ItemChange<Item> {
  const image = (name: 'NewImage' | 'OldImage') =>
    dynamodb?.[name] && (unmarshall(dynamodb[name] as Record<string, AttributeValue>) as Item);
  const after = image('NewImage');
  const before = image('OldImage');
  return { ...(after && { after }), ...(before && { before }) };
}
