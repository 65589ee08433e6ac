import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { validationError } from './engine-error';
import type { StreamRecord } from './stream-records';
import type { Streams } from './streams';
import { STREAM_LABEL } from './table';
import type { Tables } from './tables';

/** What the operations of the streams work on. */
export interface StreamsRoom {
  streams: Streams;
  tables: Tables;
  clock: Clock;
}

type Body = Record<string, unknown>;
type Operation = (room: StreamsRoom, body: Body) => Promise<Body>;

/**
 * The operations of DynamoDBStreams_20120810. Each stream has one shard, which is never closed.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
export const streamOperations: Readonly<Record<string, Operation>> = {
  ListStreams: async ({ tables }, body) => {
    const limit = parseLimit(body, 100);
    const streams = tables
      .all()
      .map(({ streamArn = '', definition }) => ({
        StreamArn: streamArn,
        TableName: definition.tableName,
        StreamLabel: STREAM_LABEL,
      }))
      .filter(
        ({ StreamArn, TableName }) => StreamArn && [undefined, null, TableName].includes(body.TableName as string),
      )
      .filter(({ StreamArn }) => StreamArn > String(body.ExclusiveStartStreamArn ?? ''))
      .sort((one, other) => (one.StreamArn < other.StreamArn ? -1 : 1));
    const page = streams.slice(0, limit);
    return { Streams: page, ...(streams.length > limit && { LastEvaluatedStreamArn: page.at(-1)?.StreamArn }) };
  },

  DescribeStream: async ({ streams }, body) => {
    const { definition, description } = streams.tableOf(String(body.StreamArn));
    return {
      StreamDescription: {
        StreamArn: body.StreamArn,
        StreamLabel: STREAM_LABEL,
        StreamStatus: 'ENABLED',
        StreamViewType: definition.streamViewType,
        CreationRequestDateTime: description.CreationDateTime,
        TableName: definition.tableName,
        KeySchema: definition.keySchema,
        Shards: body.ExclusiveStartShardId === SHARD_ID ? [] : [SHARD],
      },
    };
  },

  GetShardIterator: async (room, body) => {
    const streamArn = String(body.StreamArn);
    room.streams.tableOf(streamArn);
    if (body.ShardId !== SHARD_ID) {
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Shard: ${body.ShardId} not found`);
    }
    const iterator = { streamArn, after: startOf(room, streamArn, body), atMs: room.clock.now() };
    await assertKept(room.streams, iterator);
    return { ShardIterator: encode(iterator) };
  },

  GetRecords: async ({ streams, clock }, body) => {
    const iterator = decode(body.ShardIterator);
    const limit = parseLimit(body, 1000);
    if (clock.now() - iterator.atMs > ITERATOR_VALIDITY_MS) {
      throw new AwsError('ExpiredIteratorException', 'Iterator expired: it is valid for 15 minutes');
    }
    await assertKept(streams, iterator);
    const records = toPage(await streams.read(iterator.streamArn, iterator.after, limit));
    const after = records.at(-1)?.dynamodb.SequenceNumber ?? iterator.after;
    return { Records: records.map(toWire), NextShardIterator: encode({ ...iterator, after, atMs: clock.now() }) };
  },
};

interface ShardIterator {
  streamArn: string;
  /** The number after which to read; absent to read from the oldest record. */
  after?: string;
  atMs: number;
}

const SHARD_ID = 'shardId-00000000000000000000-00000000';
const SHARD = { ShardId: SHARD_ID, SequenceNumberRange: { StartingSequenceNumber: '100000000000000000001' } };
const ITERATOR_VALIDITY_MS = 15 * 60 * 1000;
const MAX_PAGE_BYTES = 1024 * 1024;

function parseLimit(body: Body, maximum: number): number {
  const limit = body.Limit ?? maximum;
  if (Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= maximum) return Number(limit);
  throw validationError(`Limit must be an integer from 1 to ${maximum}, got ${String(limit)}`);
}

/** @throws {AwsError} TrimmedDataAccessException when the iterator stands before records that are gone. */
async function assertKept(streams: Streams, { streamArn, after }: ShardIterator): Promise<void> {
  if (after === undefined || !(await streams.isTrimmedAfter(streamArn, after))) return;
  throw new AwsError(
    'TrimmedDataAccessException',
    `The operation attempted to read past the oldest stream record in a shard: after ${after}`,
  );
}

/** The first records that have no more than 1 MB together, at least one. */
function toPage(records: StreamRecord[]): StreamRecord[] {
  let bytes = 0;
  return records.filter((record, position) => {
    bytes += record.dynamodb.SizeBytes;
    return position === 0 || bytes <= MAX_PAGE_BYTES;
  });
}

function startOf(room: StreamsRoom, streamArn: string, body: Body): string | undefined {
  switch (body.ShardIteratorType) {
    case 'TRIM_HORIZON':
      return undefined;
    case 'LATEST':
      return room.streams.lastSequenceNumber(streamArn);
    case 'AFTER_SEQUENCE_NUMBER':
      return sequenceNumberOf(body).toString();
    case 'AT_SEQUENCE_NUMBER':
      return (sequenceNumberOf(body) - 1n).toString();
    default:
      throw validationError(
        'ShardIteratorType must be TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER, ' +
          `got ${String(body.ShardIteratorType)}`,
      );
  }
}

function sequenceNumberOf(body: Body): bigint {
  const number = String(body.SequenceNumber);
  if (/^1\d{20}$/.test(number)) return BigInt(number);
  throw validationError(`SequenceNumber must be 21 digits that begin with 1, got ${number}`);
}

/** The interface of the streams spells the identity with capitals, other than the event of a function. */
function toWire({ eventSourceARN: _, userIdentity, ...record }: StreamRecord): Body {
  return {
    ...record,
    ...(userIdentity && { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }),
  };
}

function encode(iterator: ShardIterator): string {
  return Buffer.from(JSON.stringify(iterator)).toString('base64url');
}

function decode(iterator: unknown): ShardIterator {
  try {
    return JSON.parse(Buffer.from(String(iterator), 'base64url').toString()) as ShardIterator;
  } catch {
    throw validationError(`Invalid ShardIterator: ${String(iterator)}`);
  }
}
