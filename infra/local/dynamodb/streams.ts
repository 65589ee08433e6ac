import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { BatchOperation, Database, Item } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { itemBytes } from './item-rules';
import type { ItemChange } from './pending-writes';
import { keysOf, type Place, type Table } from './table';
import { type Tables, withPrefix } from './tables';

/**
 * The record of a change, in the form in which a function gets it from its event source.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export type StreamRecord = ReturnType<typeof toStreamRecord>;

/** The streams of the tables: each a list of records in the order of their sequence numbers. */
export class Streams {
  /** How many records were ever written, to all streams. */
  private count = 0;
  /** By the ARN of a stream. */
  private readonly writes = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly place: Place,
    private readonly tables: Tables,
  ) {}

  /** Goes on counting where the table's last record is. To be called before the first write to the table. */
  async open({ definition: { tableName } }: Table): Promise<void> {
    const records = withPrefix(recordPrefix(tableName));
    for await (const key of this.db.keys({ ...records, reverse: true, limit: 1 })) {
      this.count = Math.max(this.count, Number(key.slice(-20)));
      await this.trim(records.gte, key);
    }
  }

  /** What adds the changes to the streams of their tables; to be committed together with the changes. */
  operations(changes: ItemChange[], isExpiry = false): BatchOperation[] {
    return changes.filter(isStreamed).map((change, index) => {
      const at = { sequenceNumber: toSequenceNumber(this.count + index + 1), nowMs: this.clock.now() };
      const value = toStreamRecord(this.place, change, at, isExpiry);
      return { type: 'put', key: recordPrefix(change.table.definition.tableName) + at.sequenceNumber, value };
    });
  }

  /** Takes note that the changes are committed, and tells the listeners of the streams that they went to. */
  announce(changes: ItemChange[]): void {
    const streamed = changes.filter(isStreamed);
    this.count += streamed.length;
    for (const arn of new Set(streamed.map(({ table }) => String(table.streamArn)))) {
      // As a task of its own: the write is done, and a listener that fails must not make it look failed.
      queueMicrotask(() => this.writes.emit(arn));
    }
  }

  onWrite(streamArn: string, listener: () => void): () => void {
    this.tableOf(streamArn);
    this.writes.on(streamArn, listener);
    return () => this.writes.off(streamArn, listener);
  }

  /** The records after `afterSequenceNumber`, from the oldest one of the last day without it, at most `limit`. */
  async read(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]> {
    const { gte, lt } = withPrefix(recordPrefix(this.tableOf(streamArn).definition.tableName));
    const records: StreamRecord[] = [];
    for await (const value of this.db.values({ gt: gte + (afterSequenceNumber ?? ''), lt })) {
      if (!this.isTooOld(value as StreamRecord)) records.push(value as StreamRecord);
      if (records.length >= limit) break;
    }
    return records;
  }

  /** The number of the newest record of all streams. */
  lastSequenceNumber(): string {
    return toSequenceNumber(this.count);
  }

  /** @throws {AwsError} ResourceNotFoundException when there is no such stream. */
  tableOf(streamArn: string): Table {
    const table = this.tables.all().find((it) => it.streamArn === streamArn);
    if (table) return table;
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${streamArn} not found`);
  }

  /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
  private isTooOld(record: StreamRecord): boolean {
    return this.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000 > RETENTION_MS;
  }

  /** Deletes records that are too old. The last one stays, as the place from which a restart counts on. */
  private async trim(prefix: string, lastKey: string): Promise<void> {
    const expired: BatchOperation[] = [];
    for await (const [key, record] of this.db.iterator({ gte: prefix, lt: lastKey })) {
      if (!this.isTooOld(record as StreamRecord)) break;
      expired.push({ type: 'del', key });
    }
    await this.db.batch(expired);
  }
}

const RETENTION_MS = 24 * 60 * 60 * 1000;

function toStreamRecord(
  place: Place,
  { table, before, after }: ItemChange,
  { sequenceNumber, nowMs }: { sequenceNumber: string; nowMs: number },
  isExpiry: boolean,
) {
  const { streamViewType: view = 'KEYS_ONLY' } = table.definition;
  const keys = keysOf(table, (after ?? before) as Item);
  const images = {
    ...(after && view.includes('NEW') && { NewImage: after }),
    ...(before && view.includes('OLD') && { OldImage: before }),
  };
  const eventName: 'INSERT' | 'MODIFY' | 'REMOVE' = !before ? 'INSERT' : !after ? 'REMOVE' : 'MODIFY';
  return {
    eventID: createHash('md5').update(`${table.streamArn} ${sequenceNumber}`).digest('hex'),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: place.region,
    dynamodb: {
      /** Epoch seconds. */
      ApproximateCreationDateTime: Math.floor(nowMs / 1000),
      Keys: keys,
      ...images,
      SequenceNumber: sequenceNumber,
      SizeBytes: [keys, ...Object.values(images)].reduce((sum, item) => sum + itemBytes(item), 0),
      StreamViewType: view,
    },
    eventSourceARN: String(table.streamArn),
    ...(isExpiry && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  };
}

function isStreamed({ table }: ItemChange): boolean {
  return table.streamArn !== undefined;
}

function recordPrefix(tableName: string): string {
  return `stream-${tableName}~`;
}

/** 20 digits with a one in front of them, so that the order of the strings is that of the numbers. */
function toSequenceNumber(count: number): string {
  return `1${String(count).padStart(20, '0')}`;
}
