import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { awsRequest } from '../aws/aws-request';

/**
 * What Lambda puts into the failure destination of a stream's mapping: not the records, only where they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
const StreamNote = v.object({
  DDBStreamBatchInfo: v.object({
    streamArn: v.string(),
    shardId: v.string(),
    startSequenceNumber: v.pipe(v.string(), v.regex(/^\d+$/)),
    endSequenceNumber: v.pipe(v.string(), v.regex(/^\d+$/)),
  }),
});
type StreamNote = v.InferOutput<typeof StreamNote>;

/** The note in a message; `undefined` when it is something else. */
export function findStreamNote(message: unknown): StreamNote | undefined {
  const { success, output } = v.safeParse(StreamNote, message);
  return success ? output : undefined;
}

/** A page may be empty although more follows. A batch has 1,000 records at most, and a page of as many 1 MB. */
const MAX_PAGES = 100;
const PAGE_TIMEOUT_MS = 3_000;

interface Page {
  readonly Records?: readonly DynamoDBRecord[];
  readonly NextShardIterator?: string | null;
}

/**
 * Reads the records that a note is about from the stream, in their order.
 *
 * @throws {Error} when they are gone: a stream keeps them for 24 hours
 * @throws {Error} when the stream does not answer, or not with all of them
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export async function readStreamRecords({ DDBStreamBatchInfo: batch }: StreamNote): Promise<DynamoDBRecord[]> {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = batch;
  const end = BigInt(endSequenceNumber);
  const start = await ask<{ ShardIterator?: string }>('GetShardIterator', {
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    SequenceNumber: startSequenceNumber,
  });
  const records: DynamoDBRecord[] = [];
  let iterator = start.ShardIterator;
  for (let pages = 0; iterator && pages < MAX_PAGES; pages += 1) {
    const page: Page = await ask<Page>('GetRecords', { ShardIterator: iterator });
    for (const record of page.Records ?? []) {
      const number = BigInt(record.dynamodb?.SequenceNumber ?? 0);
      if (number <= end) records.push(record);
      if (number >= end) return records;
    }
    iterator = page.NextShardIterator ?? undefined;
  }
  throw new Error(`the stream gave ${records.length} records of ${shardId} and not the last one, ${endSequenceNumber}`);
}

async function ask<Answer>(operation: string, request: object): Promise<Answer> {
  const response = await awsRequest({
    service: 'dynamodb',
    endpointPrefix: 'streams.dynamodb',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
    },
    body: JSON.stringify(request),
    timeoutMs: PAGE_TIMEOUT_MS,
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as Answer;
  if (/TrimmedDataAccessException/.test(text)) {
    throw new Error('the records are gone from the stream, which keeps them for 24 hours');
  }
  throw new Error(`the stream answered ${operation} with ${response.status}: ${text.slice(0, 500)}`);
}
