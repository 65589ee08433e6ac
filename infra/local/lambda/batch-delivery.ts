import type { Clock } from '../clock';
import { findFirstFailure } from './batch-response';
import { type Discard, toDiscardMessage } from './discarded-batch';
import type { Lambda } from './lambda';
import type { StreamMappingDefinition, StreamRecord } from './stream-record';
import type { Waiting } from './waiting';

/** What the delivery of batches needs from its mapping. */
export interface DeliveryOptions {
  readonly definition: StreamMappingDefinition;
  readonly invoke: Lambda['invoke'];
  readonly sendToQueue: (queueArn: string, body: string) => Promise<void>;
  /** Remembers that everything up to this sequence number is handled. */
  readonly savePosition: (sequenceNumber: string) => Promise<void>;
  readonly clock: Clock;
  readonly waiting: Waiting;
}

type Batch = readonly [StreamRecord, ...StreamRecord[]];

type Attempt =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-invoked' }
  | {
      readonly kind: 'failed';
      readonly index: number;
      readonly isWholeBatch: boolean;
      readonly last: NonNullable<Discard['last']>;
    };

/** The largest event of a synchronous invocation in bytes. */
const MAX_EVENT_BYTES = 6_291_456;

/** How long a stream keeps its records, in seconds; a mapping never tries longer. */
const RETENTION_SECONDS = 86_400;

/**
 * Hands one batch after the other to the function, until its records are handled: processed, or given up after the retries
 * and ages that the mapping allows. Stops in between when the mapping closes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class BatchDelivery {
  constructor(private readonly options: DeliveryOptions) {}

  async deliver(records: readonly StreamRecord[]): Promise<void> {
    const { definition, waiting } = this.options;
    let rest = records;
    let retries = 0;
    let refusals = 0;
    let discard: Omit<Discard, 'condition'> = { invokeCount: 0 };
    while (!waiting.isClosed) {
      rest = await this.dropExpired(rest, discard);
      if (!isBatch(rest) || waiting.isClosed) return;
      const payload = JSON.stringify({ Records: rest });
      if (Buffer.byteLength(payload) > MAX_EVENT_BYTES && rest.length > 1) return this.deliverHalves(rest);
      const attempt = await this.attempt(rest, payload);
      if (attempt.kind === 'done') return this.save(rest);
      if (attempt.kind === 'not-invoked') {
        refusals += 1;
        await waiting.afterFailure(refusals);
        continue;
      }
      discard = { invokeCount: discard.invokeCount + 1, last: attempt.last };
      if (attempt.isWholeBatch && definition.bisectBatchOnFunctionError && rest.length > 1) {
        return this.deliverHalves(rest);
      }
      if (attempt.index > 0) {
        await this.save(rest.slice(0, attempt.index));
        rest = rest.slice(attempt.index);
        // A batch that was split at the reported record is a new one: splitting uses up no retry.
        if (definition.bisectBatchOnFunctionError) continue;
      }
      if (retries === definition.maximumRetryAttempts) {
        return this.discard(rest, { ...discard, condition: 'RetryAttemptsExhausted' });
      }
      retries += 1;
      await waiting.afterFailure(retries);
    }
  }

  private async attempt(batch: Batch, payload: string): Promise<Attempt> {
    const { definition, invoke } = this.options;
    const result = await invoke(definition.functionName, payload).catch(() => undefined);
    // The function could not be called at all; that uses up no retry, only the records' age.
    if (result === undefined) return { kind: 'not-invoked' };
    const { requestId, executedVersion, functionError } = result;
    if (functionError !== undefined) {
      return { kind: 'failed', index: 0, isWholeBatch: true, last: { requestId, executedVersion, functionError } };
    }
    const failure = definition.reportBatchItemFailures ? findFirstFailure(result.payload, batch) : undefined;
    return failure === undefined
      ? { kind: 'done' }
      : { kind: 'failed', ...failure, last: { requestId, executedVersion } };
  }

  private async deliverHalves(batch: Batch): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.deliver(batch.slice(0, middle));
    await this.deliver(batch.slice(middle));
  }

  /** Gives up the records that are too old, and returns the others. */
  private async dropExpired(
    records: readonly StreamRecord[],
    sofar: Omit<Discard, 'condition'>,
  ): Promise<readonly StreamRecord[]> {
    const { definition, clock } = this.options;
    const { maximumRecordAgeSeconds: configured } = definition;
    const maxAgeSeconds = configured < 0 ? RETENTION_SECONDS : Math.min(configured, RETENTION_SECONDS);
    const oldestAllowed = clock.now() / 1000 - maxAgeSeconds;
    const firstLive = records.findIndex(({ dynamodb }) => dynamodb.ApproximateCreationDateTime >= oldestAllowed);
    const expiredCount = firstLive < 0 ? records.length : firstLive;
    await this.discard(records.slice(0, expiredCount), { ...sofar, condition: 'RecordAgeExceeded' });
    return records.slice(expiredCount);
  }

  private async discard(records: readonly StreamRecord[], discard: Discard): Promise<void> {
    const { definition, clock, sendToQueue, waiting } = this.options;
    const { onFailureQueueArn } = definition;
    if (!isBatch(records)) return;
    if (onFailureQueueArn !== undefined) {
      const message = toDiscardMessage(definition, records, discard, clock.now());
      const isSent = await waiting.untilDone(() => sendToQueue(onFailureQueueArn, message).then(() => true));
      // Without the message the records would be lost: the position stays, and the next start tries them again.
      if (isSent === undefined) return;
    }
    await this.save(records);
  }

  private async save(handled: readonly StreamRecord[]): Promise<void> {
    const last = handled.at(-1);
    if (last !== undefined) await this.options.savePosition(last.dynamodb.SequenceNumber);
  }
}

function isBatch(records: readonly StreamRecord[]): records is Batch {
  return records.length > 0;
}
