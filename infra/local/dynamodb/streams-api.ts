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
    const streams = tables.all().filter((table) => table.streamArn !== undefined);
    const chosen = streams.filter((table) =>
      [undefined, table.definition.tableName].includes(body.TableName as string),
    );
    return {
      Streams: chosen.map(({ streamArn, definition }) => ({
        StreamArn: streamArn,
        TableName: definition.tableName,
        StreamLabel: STREAM_LABEL,
      })),
    };
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
        Shards: [{ ShardId: SHARD_ID, SequenceNumberRange: { StartingSequenceNumber: FIRST_SEQUENCE_NUMBER } }],
      },
    };
  },

  GetShardIterator: async (room, body) => {
    const streamArn = String(body.StreamArn);
    room.streams.tableOf(streamArn);
    if (body.ShardId !== SHARD_ID) {
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Shard: ${body.ShardId} not found`);
    }
    return { ShardIterator: encode({ streamArn, after: startOf(room, streamArn, body), atMs: room.clock.now() }) };
  },

  GetRecords: async ({ streams, clock }, body) => {
    const iterator = decode(body.ShardIterator);
    const limit = body.Limit ?? 1000;
    if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > 1000) {
      throw validationError(`Limit must be an integer from 1 to 1000, got ${String(limit)}`);
    }
    if (clock.now() - iterator.atMs > ITERATOR_VALIDITY_MS) {
      throw new AwsError('ExpiredIteratorException', 'Iterator expired: it is valid for 15 minutes');
    }
    const records = await streams.read(iterator.streamArn, iterator.after, Number(limit));
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
const FIRST_SEQUENCE_NUMBER = '100000000000000000001';
const ITERATOR_VALIDITY_MS = 15 * 60 * 1000;

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
