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
    const counts = new Map(this.counts);
    return changes.flatMap((change) => {
      if (!change.table.streamArn) return [];
      const { tableName } = change.table.definition;
      const sequenceNumber = toSequenceNumber(countUp(counts, tableName));
      const record = toStreamRecord(this.place, change, { sequenceNumber, nowMs }, userIdentity);
      return [{ type: 'put' as const, key: recordPrefix(tableName) + sequenceNumber, value: record }];
    });
  }

  /** Takes note that the changes are committed, and tells the listeners of the streams that they went to. */
  announce(changes: ItemChange[]): void {
    const streamed = changes.filter((change) => change.table.streamArn !== undefined);
    for (const { table } of streamed) countUp(this.counts, table.definition.tableName);
    const arns = new Set(streamed.map((change) => String(change.table.streamArn)));
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

  /** The records after `afterSequenceNumber`, from the oldest one of the last day without it, at most `limit`. */
  async read(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]> {
    const { tableName } = this.tableOf(streamArn).definition;
    await this.trim(tableName);
    const prefix = recordPrefix(tableName);
    const range = { gt: prefix + (afterSequenceNumber ?? ''), lt: prefixEnd(prefix) };
    const records: StreamRecord[] = [];
    for await (const value of this.db.values(range)) {
      if (!this.isTooOld(value as StreamRecord)) records.push(value as StreamRecord);
      if (records.length >= limit) break;
    }
    return records;
  }

  /** Whether the record that followed on a sequence number is older than the stream keeps one. */
  async isTrimmedAfter(streamArn: string, sequenceNumber: string): Promise<boolean> {
    if (sequenceNumber >= this.lastSequenceNumber(streamArn)) return false;
    const next = toSequenceNumber(toCount(sequenceNumber) + 1);
    const record = await this.db.get(recordPrefix(this.tableOf(streamArn).definition.tableName) + next);
    return record === undefined || this.isTooOld(record as StreamRecord);
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

  /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
  private isTooOld(record: StreamRecord): boolean {
    return this.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000 > RETENTION_MS;
  }

  /** Deletes records that are too old. That of the last number stays, as the place from which a restart counts on. */
  private async trim(tableName: string): Promise<void> {
    const nowMs = this.clock.now();
    if (nowMs - (this.trimmedAtMs.get(tableName) ?? Number.NEGATIVE_INFINITY) < TRIM_INTERVAL_MS) return;
    this.trimmedAtMs.set(tableName, nowMs);
    const prefix = recordPrefix(tableName);
    const last = prefix + toSequenceNumber(this.counts.get(tableName) ?? 0);
    const expired: BatchOperation[] = [];
    for await (const [key, record] of this.db.iterator({ gte: prefix, lt: last })) {
      if (!this.isTooOld(record as StreamRecord)) break;
      expired.push({ type: 'del', key });
    }
    await this.db.batch(expired);
  }
}

const RETENTION_MS = 24 * 60 * 60 * 1000;
const TRIM_INTERVAL_MS = 60 * 60 * 1000;

function countUp(counts: Map<string, number>, tableName: string): number {
  const count = (counts.get(tableName) ?? 0) + 1;
  counts.set(tableName, count);
  return count;
}

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
