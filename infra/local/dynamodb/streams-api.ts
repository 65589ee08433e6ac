import { AwsError } from '../aws-error';
import { validationError } from './errors';
import type { Body } from './operations';
import type { Room } from './room';
import type { StreamRecord } from './streams';
import { STREAM_LABEL } from './table';

/**
 * The operations of DynamoDBStreams_20120810. Each stream has one shard, which is never closed.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
export const streamOperations: Readonly<Record<string, (room: Room, body: Body) => Body | Promise<Body>>> = {
  ListStreams: ({ tables }, { TableName }) => ({
    Streams: tables.all().flatMap(({ streamArn, definition: { tableName } }) => {
      const isListed = streamArn && (TableName === undefined || TableName === tableName);
      return isListed ? [{ StreamArn: streamArn, TableName: tableName, StreamLabel: STREAM_LABEL }] : [];
    }),
  }),

  DescribeStream: ({ streams }, { StreamArn }) => {
    const { definition, description } = streams.tableOf(String(StreamArn));
    return {
      StreamDescription: {
        StreamArn,
        StreamLabel: STREAM_LABEL,
        StreamStatus: 'ENABLED',
        StreamViewType: definition.streamViewType,
        CreationRequestDateTime: description.CreationDateTime,
        TableName: definition.tableName,
        KeySchema: definition.keySchema,
        Shards: [{ ShardId: SHARD_ID, SequenceNumberRange: { StartingSequenceNumber: '100000000000000000001' } }],
      },
    };
  },

  GetShardIterator: ({ streams, clock }, body) => {
    const streamArn = String(body.StreamArn);
    streams.tableOf(streamArn);
    if (body.ShardId !== SHARD_ID) {
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Shard: ${body.ShardId} not found`);
    }
    const toStart = startOf[String(body.ShardIteratorType)];
    if (!toStart) throw validationError(`ShardIteratorType must be one of ${Object.keys(startOf).join(', ')}`);
    const after = toStart(body, streams.lastSequenceNumber());
    return { ShardIterator: encode({ streamArn, after, atMs: clock.now() }) };
  },

  GetRecords: async ({ streams, clock }, body) => {
    const { streamArn, after, atMs } = decode(body.ShardIterator);
    if (clock.now() - atMs > ITERATOR_VALIDITY_MS) {
      throw new AwsError('ExpiredIteratorException', 'Iterator expired: it is valid for 15 minutes');
    }
    const records = await streams.read(streamArn, after, Number(body.Limit ?? 1000));
    const next = records.at(-1)?.dynamodb.SequenceNumber ?? after;
    return {
      Records: records.map(toWire),
      NextShardIterator: encode({ streamArn, after: next, atMs: clock.now() }),
    };
  },
};

interface ShardIterator {
  streamArn: string;
  /** The number after which to read; absent to read from the oldest record. */
  after?: string | undefined;
  atMs: number;
}

const SHARD_ID = 'shardId-00000000000000000000-00000000';
const ITERATOR_VALIDITY_MS = 15 * 60 * 1000;

/** Where an iterator of a type begins: the number after which to read. */
const startOf: Readonly<Record<string, (body: Body, lastSequenceNumber: string) => string | undefined>> = {
  TRIM_HORIZON: () => undefined,
  LATEST: (_body, lastSequenceNumber) => lastSequenceNumber,
  AFTER_SEQUENCE_NUMBER: (body) => sequenceNumberOf(body).toString(),
  AT_SEQUENCE_NUMBER: (body) => (sequenceNumberOf(body) - 1n).toString(),
};

function sequenceNumberOf({ SequenceNumber }: Body): bigint {
  if (/^1\d{20}$/.test(String(SequenceNumber))) return BigInt(String(SequenceNumber));
  throw validationError(`SequenceNumber must be 21 digits that begin with 1, got ${SequenceNumber}`);
}

/** The interface of the streams spells the identity with capitals, other than the event of a function. */
function toWire({ eventSourceARN: _, userIdentity: by, ...record }: StreamRecord): Body {
  return { ...record, ...(by && { userIdentity: { Type: by.type, PrincipalId: by.principalId } }) };
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
