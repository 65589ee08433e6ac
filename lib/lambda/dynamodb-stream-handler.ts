import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import { log } from '../observability/log';
import {
  type ChangeFilter,
  type HandlersOf,
  type ServiceContract,
  type StreamTrigger,
  triggerOf,
} from '../service/contract';
import { findStreamNote, readStreamRecords } from '../table/dynamodb-stream-records';
import { isQueueEvent, parseBody, takeMessages } from './queue-messages';
import { traced } from './traced';

/** One change of an item of the service's own table. */
export interface ItemChange<Item> {
  /** The item after the change; absent when it was deleted. */
  readonly after?: Item;
  /** The item before the change; absent when it is new. */
  readonly before?: Item;
}

/**
 * Makes a use case a consumer of a table's stream. Changes are taken in order; at the first that fails the batch stops and
 * is delivered again from that one on, so none is skipped and none before it is repeated. A batch that was given up is noted among
 * the dead letters; when the note is sent again, its changes are read from the stream and taken.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function streamHandler<
  Item,
  const Contract extends ServiceContract = ServiceContract,
  Name extends HandlersOf<Contract, StreamTrigger> = HandlersOf<Contract, StreamTrigger>,
>(contract: Contract, name: Name, useCase: (change: ItemChange<Item>) => Promise<void>) {
  const { changes } = triggerOf<StreamTrigger>(contract, name, 'stream');
  const take = (record: DynamoDBRecord) => useCase(toChange(record));
  const handle = async (event: DynamoDBStreamEvent | SQSEvent): Promise<DynamoDBBatchResponse | SQSBatchResponse> => {
    if (isQueueEvent(event)) return takeMessages(event, (message) => takeAgain(message, changes, take));
    for (const record of event.Records) {
      try {
        await take(record);
      } catch (error) {
        log('error', 'stream record failed', { error });
        return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
      }
    }
    return { batchItemFailures: [] };
  };
  return traced(() => ({ name: `${contract.name}/${name}` }), middy(handle, { timeoutEarlyInMillis: 0 }));
}

/** Read from the stream, the changes come with those that the mapping would have filtered out. */
async function takeAgain(
  message: SQSRecord,
  changes: readonly ChangeFilter[],
  take: (record: DynamoDBRecord) => Promise<void>,
): Promise<void> {
  try {
    const note = findStreamNote(parseBody(message));
    if (!note) throw new Error("the message is not Lambda's note of a failed batch");
    const records = await readStreamRecords(note);
    for (const record of records) if (changes.some((filter) => isChange(record, filter))) await take(record);
  } catch (error) {
    log('error', 'letter failed', { error });
    throw error;
  }
}

/** The meaning of a filter, which Lambda applies in the form of its pattern. */
function isChange({ eventName, dynamodb }: DynamoDBRecord, { event, becomes = {} }: ChangeFilter): boolean {
  if (eventName !== event) return false;
  return Object.entries(becomes).every(
    ([attribute, value]) => dynamodb?.NewImage?.[attribute]?.S === value && dynamodb.OldImage?.[attribute]?.S !== value,
  );
}

function toChange<Item>({ dynamodb }: DynamoDBRecord): ItemChange<Item> {
  const image = (name: 'NewImage' | 'OldImage') =>
    dynamodb?.[name] && (unmarshall(dynamodb[name] as Record<string, AttributeValue>) as Item);
  const after = image('NewImage');
  const before = image('OldImage');
  return { ...(after && { after }), ...(before && { before }) };
}
