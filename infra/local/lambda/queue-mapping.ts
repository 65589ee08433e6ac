/** An event source mapping of a queue: hands its messages to a function, in batches, several at once. */
import type { Clock } from '../clock';
import type { BeginSpan } from '../tracing';
import { parseMessageFilter } from './event-filter';
import type { Lambda } from './lambda';
import { findFailedIds, MAX_EVENT_BYTES, type Mapping, type Pauses, startMapping } from './mapping';
import { type QueueMappingDefinition, type QueueMessage, type QueueSource, toMessageRecord } from './queue-message';

export type { QueueMappingDefinition, QueueMessage, QueueSource } from './queue-message';

/** What a mapping works with. */
export interface QueueMappingOptions {
  readonly definition: QueueMappingDefinition;
  readonly source: QueueSource;
  readonly invoke: Lambda['invoke'];
  /** Begins the span of a message's time in the queue. Default: nothing is recorded. */
  readonly beginSpan?: BeginSpan | undefined;
  readonly clock: Clock;
}

/**
 * Starts a mapping.
 *
 * A message is deleted after the function took it. If the function failed, it is visible again when the queue's visibility
 * timeout is over. If the function could not be called, as when it is throttled, it is called again with the same batch until
 * then.
 *
 * @throws {Error} for a filter that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function openQueueMapping(options: QueueMappingOptions): Mapping {
  const filters = options.definition.filters.map(parseMessageFilter);
  const passes = ({ Body: body }: QueueMessage) =>
    filters.length === 0 || filters.some((passesFilter) => passesFilter({ body }));
  return startMapping(options.clock, options.source.onArrival, (pauses) =>
    new QueueMapping(options, passes, pauses).run(),
  );
}

class QueueMapping {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly options: QueueMappingOptions,
    private readonly passes: (message: QueueMessage) => boolean,
    private readonly pauses: Pauses,
  ) {}

  async run(): Promise<void> {
    const { definition, source, clock } = this.options;
    while (!this.pauses.isClosed) {
      const hiddenUntil = clock.now() + definition.visibilityTimeoutSeconds * 1000;
      const messages = (await this.pauses.untilDone(() => source.receive(definition.batchSize))) ?? [];
      if (messages.length === 0) await this.pauses.forNews();
      const unwanted = messages.filter((message) => !this.passes(message));
      await this.delete(unwanted, hiddenUntil);
      const delivery = this.deliver(messages.filter(this.passes), hiddenUntil);
      const running = delivery.finally(() => this.running.delete(running));
      this.running.add(running);
      while (this.running.size >= definition.maximumConcurrency) await Promise.race(this.running);
    }
    await Promise.all(this.running);
  }

  private async deliver(messages: readonly QueueMessage[], hiddenUntil: number): Promise<void> {
    const { definition, invoke } = this.options;
    if (messages.length === 0) return;
    const payload = JSON.stringify({ Records: messages.map((one) => toMessageRecord(one, definition.queueArn)) });
    if (Buffer.byteLength(payload) > MAX_EVENT_BYTES && messages.length > 1) {
      const middle = Math.ceil(messages.length / 2);
      await this.deliver(messages.slice(0, middle), hiddenUntil);
      return this.deliver(messages.slice(middle), hiddenUntil);
    }
    const links = messages.flatMap((message) => this.traceTimeInQueue(message) ?? []);
    const call = () => invoke(definition.functionName, payload, { links });
    const result = await this.pauses.untilDone(call, hiddenUntil);
    if (result === undefined || result.functionError !== undefined) return;
    const ids = messages.map(({ MessageId }) => MessageId);
    const failedIds = definition.reportBatchItemFailures ? (findFailedIds(result.payload, ids) ?? ids) : [];
    const handled = messages.filter(({ MessageId }) => !failedIds.includes(MessageId));
    await this.delete(handled, hiddenUntil);
  }

  /**
   * A message's time in the queue, as a span of the trace that it was sent in; answers where. The invocation that gets it has a
   * trace of its own, linked to those of its messages.
   *
   * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-tracelinking.html
   */
  private traceTimeInQueue({ Attributes = {} }: QueueMessage): string | undefined {
    const { AWSTraceHeader: traceHeader, SentTimestamp, ApproximateReceiveCount } = Attributes;
    if (traceHeader === undefined) return undefined;
    const { definition, beginSpan } = this.options;
    const span = beginSpan?.({
      name: definition.queueArn.split(':').at(-1) ?? '',
      service: 'sqs',
      kind: 'producer',
      traceHeader,
      startedAt: Number(SentTimestamp),
      annotations: { receiveCount: Number(ApproximateReceiveCount) },
    });
    span?.end();
    return span?.traceHeader;
  }

  private async delete(messages: readonly QueueMessage[], hiddenUntil: number): Promise<void> {
    const receiptHandles = messages.map(({ ReceiptHandle }) => ReceiptHandle);
    if (receiptHandles.length === 0) return;
    await this.pauses.untilDone(() => this.options.source.delete(receiptHandles), hiddenUntil);
  }
}
