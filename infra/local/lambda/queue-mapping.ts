/** An event source mapping of a queue: hands its messages to a function, in batches, several at once. */
import { type Clock, sleep } from '../clock';
import { parseMessageFilter } from './event-filter';
import type { Lambda } from './lambda';
import {
  findFailedIds,
  type QueueMappingDefinition,
  type QueueMessage,
  type QueueSource,
  toMessageRecord,
} from './queue-message';
import { Waiting } from './waiting';

export type { QueueMappingDefinition, QueueMessage, QueueSource } from './queue-message';

/** What a mapping works with. */
export interface QueueMappingOptions {
  readonly definition: QueueMappingDefinition;
  readonly source: QueueSource;
  readonly invoke: Lambda['invoke'];
  readonly clock: Clock;
}

/** A received message, its record for the function, and until when no other receiver gets it. */
interface Received {
  readonly message: QueueMessage;
  readonly record: string;
  /** How many bytes of an event the record takes, with the comma behind it. */
  readonly bytes: number;
  readonly hiddenUntil: number;
}

/** How many messages one request to a queue receives or deletes. */
const REQUEST_SIZE = 10;

/** The largest event of a synchronous invocation in bytes, less the braces around the records. */
const MAX_RECORDS_BYTES = 6_291_456 - 100;

const DEFAULT_CONCURRENCY = 5;

/** First and longest pause between two tries, in milliseconds. AWS publishes no figures of its own. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Starts a mapping. `close` lets running invocations end and stops.
 *
 * A message is deleted after the function took it. If the function failed, it is visible again when the queue's visibility
 * timeout is over. If the function could not be called, as when it is throttled, it is called again with the same batch until
 * then, and fewer batches are received meanwhile.
 *
 * @throws {Error} for a setting out of range or a filter that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function openQueueMapping(options: QueueMappingOptions): { close(): Promise<void> } {
  checkDefinition(options.definition);
  const mapping = new QueueMapping(options);
  const running = mapping.run();
  return {
    close: async () => {
      mapping.stop();
      await running;
    },
  };
}

class QueueMapping {
  private readonly filters: Array<(message: { readonly body: string }) => boolean>;
  private readonly waiting: Waiting;
  private readonly stopListening: () => void;
  private readonly maximumConcurrency: number;
  /** How many invocations may run at once just now: fewer after failures, as on AWS. */
  private concurrency: number;
  private readonly running = new Set<Promise<void>>();
  /** What was received and did not fit into the last batch. */
  private leftOver: Received[] = [];
  private endPauses = () => {};
  private readonly closing = new Promise<void>((resolve) => {
    this.endPauses = resolve;
  });

  constructor(private readonly options: QueueMappingOptions) {
    const { definition, source, clock } = options;
    this.filters = definition.filters.map(parseMessageFilter);
    this.maximumConcurrency = definition.maximumConcurrency ?? DEFAULT_CONCURRENCY;
    this.concurrency = this.maximumConcurrency;
    this.waiting = new Waiting(clock);
    this.stopListening = source.onArrival(() => this.waiting.tell());
  }

  stop(): void {
    this.stopListening();
    this.waiting.close();
    this.endPauses();
  }

  async run(): Promise<void> {
    while (!this.waiting.isClosed) {
      const batch = await this.gather();
      if (batch.length > 0) this.start(batch);
      while (this.running.size >= this.concurrency) await Promise.race(this.running);
    }
    await Promise.all(this.running);
  }

  private start(batch: readonly Received[]): void {
    const delivery = this.deliver(batch).finally(() => this.running.delete(delivery));
    this.running.add(delivery);
  }

  /** Receives until a batch is full, or its window is over, or the mapping closes. */
  private async gather(): Promise<Received[]> {
    const { definition, clock } = this.options;
    const { batchSize } = definition;
    const gathered = this.leftOver;
    const windowMs = definition.maximumBatchingWindowSeconds * 1000;
    let windowEndsAt = gathered.length > 0 ? clock.now() + windowMs : Number.POSITIVE_INFINITY;
    const isFull = () => gathered.length >= batchSize || countFitting(gathered) < gathered.length;
    while (!this.waiting.isClosed && !isFull() && clock.now() < windowEndsAt) {
      this.waiting.forgetNews();
      const receivedCount = await this.receiveInto(gathered, Math.min(REQUEST_SIZE, batchSize - gathered.length));
      if (gathered.length > 0) windowEndsAt = Math.min(windowEndsAt, clock.now() + windowMs);
      if (receivedCount === 0) {
        await this.waiting.forNews(gathered.length === 0 ? undefined : windowEndsAt - clock.now());
      }
    }
    const batch = gathered.slice(0, countFitting(gathered));
    this.leftOver = gathered.slice(batch.length);
    return batch;
  }

  /** Adds what passes the filters, deletes the rest, and returns how many messages there were. */
  private async receiveInto(gathered: Received[], limit: number): Promise<number> {
    const { definition, source, clock } = this.options;
    const hiddenUntil = clock.now() + definition.visibilityTimeoutSeconds * 1000;
    const messages = (await this.waiting.untilDone(() => source.receive(limit))) ?? [];
    const received = messages.map((message): Received => {
      const record = JSON.stringify(toMessageRecord(message, definition.queueArn));
      return { message, record, bytes: Buffer.byteLength(record) + 1, hiddenUntil };
    });
    gathered.push(...received.filter(({ message }) => this.passes(message)));
    await this.delete(received.filter(({ message }) => !this.passes(message)));
    return messages.length;
  }

  private passes({ Body }: QueueMessage): boolean {
    return this.filters.length === 0 || this.filters.some((passes) => passes({ body: Body }));
  }

  private async deliver(batch: readonly Received[]): Promise<void> {
    const { definition, invoke } = this.options;
    const payload = `{"Records":[${batch.map(({ record }) => record).join(',')}]}`;
    const result = await this.whileHidden(batch, () => invoke(definition.functionName, payload));
    if (result === undefined) return;
    if (result.functionError !== undefined) {
      // A function that reports what failed is expected to fail at times: AWS does not slow down then.
      if (!definition.reportBatchItemFailures) this.slowDown();
      return;
    }
    this.concurrency = Math.min(this.maximumConcurrency, this.concurrency + 1);
    const ids = batch.map(({ message }) => message.MessageId);
    const failedIds = definition.reportBatchItemFailures ? findFailedIds(result.payload, ids) : new Set();
    await this.delete(batch.filter(({ message }) => !failedIds.has(message.MessageId)));
  }

  private async delete(received: readonly Received[]): Promise<void> {
    for (let from = 0; from < received.length; from += REQUEST_SIZE) {
      const some = received.slice(from, from + REQUEST_SIZE);
      const receiptHandles = some.map(({ message }) => message.ReceiptHandle);
      await this.whileHidden(some, () => this.options.source.delete(receiptHandles));
    }
  }

  /**
   * Repeats `action` with growing pauses until it succeeds. Gives up, with `undefined`, when the messages become visible to
   * others, who get them instead, or when the mapping closes.
   */
  private async whileHidden<T>(batch: readonly Received[], action: () => Promise<T>): Promise<T | undefined> {
    const { clock } = this.options;
    const hiddenUntil = Math.min(...batch.map((received) => received.hiddenUntil));
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return await action();
      } catch {
        this.slowDown();
        if (this.waiting.isClosed || clock.now() + pauseMs >= hiddenUntil) return undefined;
        await Promise.race([sleep(clock, pauseMs), this.closing]);
        if (this.waiting.isClosed) return undefined;
      }
    }
  }

  private slowDown(): void {
    this.concurrency = Math.max(1, Math.floor(this.concurrency / 2));
  }
}

/** How many of the messages, from the first on, fit into one event. */
function countFitting(received: readonly Received[]): number {
  let bytes = 0;
  const tooMany = received.findIndex((one, index) => {
    bytes += one.bytes;
    return index > 0 && bytes > MAX_RECORDS_BYTES;
  });
  return tooMany < 0 ? received.length : tooMany;
}

function checkDefinition(definition: QueueMappingDefinition): void {
  const { batchSize, maximumBatchingWindowSeconds, maximumConcurrency = DEFAULT_CONCURRENCY } = definition;
  const check = (isAllowed: boolean, name: keyof QueueMappingDefinition, allowed: string) => {
    if (isAllowed) return;
    throw new Error(`event source mapping ${definition.uuid}: ${name} must be ${allowed}, got ${definition[name]}`);
  };
  const isWithin = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  check(isWithin(batchSize, 1, 10_000), 'batchSize', '1 to 10000');
  check(isWithin(maximumBatchingWindowSeconds, 0, 300), 'maximumBatchingWindowSeconds', '0 to 300');
  const hasWindow = batchSize <= 10 || maximumBatchingWindowSeconds > 0;
  check(hasWindow, 'maximumBatchingWindowSeconds', '1 to 300 with a batch size of more than 10');
  check(isWithin(maximumConcurrency, 2, 1000), 'maximumConcurrency', '2 to 1000');
  check(definition.filters.length <= 5, 'filters', 'at most 5 patterns');
}
