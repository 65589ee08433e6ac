/** An event source mapping: hands the records of a table's stream to a function, in order, one batch at a time. */
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { BatchDelivery } from './batch-delivery';
import { type EventFilter, parseEventFilter } from './event-filter';
import type { Lambda } from './lambda';
import type { StreamMappingDefinition, StreamRecord, StreamSource } from './stream-record';
import { Waiting } from './waiting';

export type { StreamMappingDefinition, StreamRecord, StreamSource } from './stream-record';

/** What a mapping works with. */
export interface StreamMappingOptions {
  readonly definition: StreamMappingDefinition;
  readonly source: StreamSource;
  readonly invoke: Lambda['invoke'];
  readonly sendToQueue: (queueArn: string, body: string) => Promise<void>;
  /** Keeps how far the mapping has come, under `position/<uuid>`. */
  readonly store: KeyValueStore;
  readonly clock: Clock;
}

/** How far a mapping has come: the last handled record, or `null` for the stream's beginning. */
interface Position {
  readonly after: string | null;
}

/** How many records are skipped at a time on the way to the latest one. */
const SKIP_COUNT = 1000;

/**
 * Starts a mapping: at its kept position, else at `startingPosition`. `close` lets a running invocation end and stops.
 *
 * A record may be delivered again after a crash, as on AWS: the position is kept after the function answered.
 *
 * @throws {Error} for a setting out of range, a filter operator or a parallelization that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export function openStreamMapping(options: StreamMappingOptions): { close(): Promise<void> } {
  checkDefinition(options.definition);
  const mapping = new StreamMapping(options);
  const running = mapping.run();
  return {
    close: async () => {
      mapping.stop();
      await running;
    },
  };
}

class StreamMapping {
  private readonly filters: EventFilter[];
  private readonly waiting: Waiting;
  private readonly delivery: BatchDelivery;
  private readonly stopListening: () => void;
  private after: string | undefined;

  constructor(private readonly options: StreamMappingOptions) {
    this.filters = options.definition.filters.map(parseEventFilter);
    this.waiting = new Waiting(options.clock);
    const savePosition = (sequenceNumber: string) => this.save(sequenceNumber);
    this.delivery = new BatchDelivery({ ...options, savePosition, waiting: this.waiting });
    this.stopListening = options.source.onWrite(() => this.waiting.tell());
  }

  stop(): void {
    this.stopListening();
    this.waiting.close();
  }

  async run(): Promise<void> {
    await this.findStart();
    while (!this.waiting.isClosed) {
      await this.delivery.deliver(await this.gather());
    }
  }

  private async findStart(): Promise<void> {
    const { definition, store } = this.options;
    const kept = await store.get<Position>(this.key);
    if (kept !== undefined || definition.startingPosition === 'TRIM_HORIZON') {
      this.after = kept?.after ?? undefined;
      return;
    }
    let after: string | undefined;
    for (;;) {
      const skipped = await this.read(after, SKIP_COUNT);
      const last = skipped.at(-1);
      if (last === undefined) break;
      after = last.dynamodb.SequenceNumber;
    }
    // Kept even when the stream is empty: otherwise a restart would skip what is written until then.
    if (!this.waiting.isClosed) await this.save(after);
  }

  /**
   * Reads until a batch is full, or its window is over, or the mapping closes. Records that no filter lets pass are handled
   * when nothing is waiting before them; those behind a batch are read, and dropped, once more after it.
   */
  private async gather(): Promise<StreamRecord[]> {
    const { definition, clock } = this.options;
    const windowMs = definition.maximumBatchingWindowSeconds * 1000;
    const records: StreamRecord[] = [];
    let after = this.after;
    let windowEndsAt = Number.POSITIVE_INFINITY;
    while (!this.waiting.isClosed && records.length < definition.batchSize && clock.now() < windowEndsAt) {
      this.waiting.forgetNews();
      const read = await this.read(after, definition.batchSize - records.length);
      const wanted = read.filter((record) => this.passes(record));
      if (records.length === 0 && wanted.length > 0) windowEndsAt = clock.now() + windowMs;
      records.push(...wanted);
      after = read.at(-1)?.dynamodb.SequenceNumber ?? after;
      if (read.length > 0 && records.length === 0) await this.save(after);
      if (read.length === 0) {
        await this.waiting.forNews(records.length === 0 ? undefined : windowEndsAt - clock.now());
      }
    }
    return records;
  }

  private passes(record: StreamRecord): boolean {
    return this.filters.length === 0 || this.filters.some((passes) => passes(record));
  }

  private async read(after: string | undefined, limit: number): Promise<StreamRecord[]> {
    return (await this.waiting.untilDone(() => this.options.source.read(after, limit))) ?? [];
  }

  private async save(after: string | undefined): Promise<void> {
    if (after !== undefined && after === this.after) return;
    const value: Position = { after: after ?? null };
    await this.options.store.write([{ key: this.key, value }]);
    this.after = after;
  }

  private get key(): string {
    return `position/${this.options.definition.uuid}`;
  }
}

function checkDefinition(definition: StreamMappingDefinition): void {
  const check = (isAllowed: boolean, name: keyof StreamMappingDefinition, allowed: string) => {
    if (isAllowed) return;
    throw new Error(`event source mapping ${definition.uuid}: ${name} must be ${allowed}, got ${definition[name]}`);
  };
  const isWithin = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  const { batchSize, maximumBatchingWindowSeconds, maximumRetryAttempts, maximumRecordAgeSeconds } = definition;
  check(isWithin(batchSize, 1, 10_000), 'batchSize', '1 to 10000');
  check(isWithin(maximumBatchingWindowSeconds, 0, 300), 'maximumBatchingWindowSeconds', '0 to 300');
  check(isWithin(maximumRetryAttempts, -1, 10_000), 'maximumRetryAttempts', '-1 to 10000');
  const isAge = maximumRecordAgeSeconds === -1 || isWithin(maximumRecordAgeSeconds, 60, 604_800);
  check(isAge, 'maximumRecordAgeSeconds', '-1 or 60 to 604800');
  check(definition.parallelizationFactor === 1, 'parallelizationFactor', '1 in the local cloud');
  check(definition.filters.length <= 5, 'filters', 'at most 5 patterns');
}
