import type { BatchOperation, Database } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { ItemChange } from './pending-writes';
import { prefixEnd } from './prefix';
import { type StreamRecord, toStreamRecord, type UserIdentity } from './stream-records';
import type { Place, Table } from './table';
import type { Tables } from './tables';

/** The streams of the tables: each a list of records in the order of their sequence numbers. */
export class Streams {
  private readonly counts = new Map<string, number>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly trimmedAtMs = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly place: Place,
    private readonly tables: Tables,
  ) {}

  /** Goes on counting where the table's last record is. To be called before the first write to the table. */
  async open({ definition: { tableName } }: Table): Promise<void> {
    if (this.counts.has(tableName)) return;
    const prefix = recordPrefix(tableName);
    let count = 0;
    for await (const key of this.db.keys({ gte: prefix, lt: prefixEnd(prefix), reverse: true, limit: 1 })) {
      count = toCount(key.slice(prefix.length));
    }
    this.counts.set(tableName, count);
  }

  /** What adds the changes to the streams of their tables; to be committed together with the changes. */
  operations(changes: ItemChange[], userIdentity?: UserIdentity): BatchOperation[] {
    const nowMs = this.clock.now();
    return changes.flatMap((change) => {
      if (!change.table.streamArn) return [];
      const { tableName } = change.table.definition;
      const count = (this.counts.get(tableName) ?? 0) + 1;
      this.counts.set(tableName, count);
      const sequenceNumber = toSequenceNumber(count);
      const record = toStreamRecord(this.place, change, { sequenceNumber, nowMs }, userIdentity);
      return [{ type: 'put' as const, key: recordPrefix(tableName) + sequenceNumber, value: record }];
    });
  }

  /** Tells the listeners of the streams that the committed changes went to. */
  announce(changes: ItemChange[]): void {
    const arns = new Set(changes.flatMap((change) => change.table.streamArn ?? []));
    for (const arn of arns) {
      // As a task of its own: the write is done, and a listener that fails must not make it look failed.
      for (const listener of this.listeners.get(arn) ?? []) queueMicrotask(listener);
    }
  }

  onWrite(streamArn: string, listener: () => void): () => void {
    this.tableOf(streamArn);
    const listeners = this.listeners.get(streamArn) ?? new Set();
    this.listeners.set(streamArn, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** The records after `afterSequenceNumber`, from the oldest kept one without it, at most `limit`. */
  async read(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]> {
    const { tableName } = this.tableOf(streamArn).definition;
    await this.trim(tableName);
    const prefix = recordPrefix(tableName);
    const range = { gt: prefix + (afterSequenceNumber ?? ''), lt: prefixEnd(prefix), limit };
    const records: StreamRecord[] = [];
    for await (const record of this.db.values(range)) records.push(record as StreamRecord);
    return records;
  }

  /** The number of the newest record; that before the first when there is none yet. */
  lastSequenceNumber(streamArn: string): string {
    return toSequenceNumber(this.counts.get(this.tableOf(streamArn).definition.tableName) ?? 0);
  }

  /** @throws {AwsError} ResourceNotFoundException when there is no such stream. */
  tableOf(streamArn: string): Table {
    const table = this.tables.all().find((it) => it.streamArn === streamArn);
    if (table) return table;
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${streamArn} not found`);
  }

  /**
   * Deletes records that are older than a day. That of the last number stays, as the place from which a restart counts on.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
   */
  private async trim(tableName: string): Promise<void> {
    const nowMs = this.clock.now();
    if (nowMs - (this.trimmedAtMs.get(tableName) ?? Number.NEGATIVE_INFINITY) < TRIM_INTERVAL_MS) return;
    this.trimmedAtMs.set(tableName, nowMs);
    const prefix = recordPrefix(tableName);
    const last = prefix + toSequenceNumber(this.counts.get(tableName) ?? 0);
    const expired: BatchOperation[] = [];
    for await (const [key, record] of this.db.iterator({ gte: prefix, lt: last })) {
      const createdAtMs = (record as StreamRecord).dynamodb.ApproximateCreationDateTime * 1000;
      if (nowMs - createdAtMs <= RETENTION_MS) break;
      expired.push({ type: 'del', key });
    }
    await this.db.batch(expired);
  }
}

const RETENTION_MS = 24 * 60 * 60 * 1000;
const TRIM_INTERVAL_MS = 60 * 60 * 1000;

function recordPrefix(tableName: string): string {
  return `stream-${tableName}~`;
}

/** 21 digits, the first of them not zero, so that the order of the strings is that of the numbers. */
function toSequenceNumber(count: number): string {
  return `1${String(count).padStart(20, '0')}`;
}

function toCount(sequenceNumber: string): number {
  return Number(sequenceNumber.slice(1));
}
