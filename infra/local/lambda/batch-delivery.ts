import type { Clock } from '../clock';
import { type Discard, toDiscardMessage } from './discarded-batch';
import type { InvokeResult } from './invoker';
import type { Lambda } from './lambda';
import { findFailedIds, MAX_EVENT_BYTES, type Pauses } from './mapping';
import type { StreamMappingDefinition, StreamRecord } from './stream-record';

/** What the delivery of batches needs from its mapping. */
export interface DeliveryOptions {
  readonly definition: StreamMappingDefinition;
  readonly invoke: Lambda['invoke'];
  readonly sendToQueue: (queueArn: string, body: string) => Promise<void>;
  /** Remembers that everything up to this sequence number is handled. */
  readonly savePosition: (sequenceNumber: string) => Promise<void>;
  readonly clock: Clock;
  readonly pauses: Pauses;
}

type Batch = readonly StreamRecord[];

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

  async deliver(records: Batch): Promise<void> {
    const { definition, invoke, pauses } = this.options;
    const { bisectBatchOnFunctionError, maximumRetryAttempts } = definition;
    let rest = records;
    let retries = 0;
    let refusals = 0;
    let sofar: Omit<Discard, 'condition'> = { invokeCount: 0 };
    while (!pauses.isClosed) {
      rest = await this.dropExpired(rest, sofar);
      if (rest.length === 0 || pauses.isClosed) return;
      const payload = JSON.stringify({ Records: rest });
      if (Buffer.byteLength(payload) > MAX_EVENT_BYTES && rest.length > 1) return this.deliverHalves(rest);
      const result = await invoke(definition.functionName, payload).catch(() => undefined);
      if (result === undefined) {
        // The function could not be called at all; that uses up no retry, only the records' age.
        refusals += 1;
        await pauses.afterFailure(refusals);
        continue;
      }
      const failedNumbers = this.findFailed(result, rest);
      if (failedNumbers?.length === 0) return this.save(rest);
      const { requestId, executedVersion, functionError } = result;
      const last = { requestId, executedVersion, ...(functionError && { functionError }) };
      sofar = { invokeCount: sofar.invokeCount + 1, last };
      if (failedNumbers === undefined && bisectBatchOnFunctionError && rest.length > 1) return this.deliverHalves(rest);
      const index = rest.findIndex((record) => failedNumbers?.includes(record.dynamodb.SequenceNumber) ?? true);
      if (index > 0) {
        await this.save(rest.slice(0, index));
        rest = rest.slice(index);
        // A batch that was split at the reported record is a new one: splitting uses up no retry.
        if (bisectBatchOnFunctionError) continue;
      }
      if (retries === maximumRetryAttempts) {
        return this.discard(rest, { ...sofar, condition: 'RetryAttemptsExhausted' });
      }
      retries += 1;
      await pauses.afterFailure(retries);
    }
  }

  /** The sequence numbers that failed, or `undefined` for the batch as a whole. */
  private findFailed({ functionError, payload }: InvokeResult, batch: Batch): readonly string[] | undefined {
    if (functionError !== undefined) return undefined;
    if (!this.options.definition.reportBatchItemFailures) return [];
    return findFailedIds(
      payload,
      batch.map(({ dynamodb }) => dynamodb.SequenceNumber),
    );
  }

  private async deliverHalves(batch: Batch): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.deliver(batch.slice(0, middle));
    await this.deliver(batch.slice(middle));
  }

  /** Gives up the records that are too old, and returns the others. */
  private async dropExpired(records: Batch, sofar: Omit<Discard, 'condition'>): Promise<Batch> {
    const { definition, clock } = this.options;
    const { maximumRecordAgeSeconds: configured } = definition;
    const maxAgeSeconds = configured < 0 ? RETENTION_SECONDS : Math.min(configured, RETENTION_SECONDS);
    const oldestAllowed = clock.now() / 1000 - maxAgeSeconds;
    const firstLive = records.findIndex(({ dynamodb }) => dynamodb.ApproximateCreationDateTime >= oldestAllowed);
    const expiredCount = firstLive < 0 ? records.length : firstLive;
    await this.discard(records.slice(0, expiredCount), { ...sofar, condition: 'RecordAgeExceeded' });
    return records.slice(expiredCount);
  }

  private async discard(records: Batch, discard: Discard): Promise<void> {
    const { definition, clock, sendToQueue, pauses } = this.options;
    const { onFailureQueueArn } = definition;
    if (records.length > 0 && onFailureQueueArn !== undefined) {
      const message = toDiscardMessage(definition, records, discard, clock.now());
      const isSent = await pauses.untilDone(() => sendToQueue(onFailureQueueArn, message).then(() => true));
      // Without the message the records would be lost: the position stays, and the next start tries them again.
      if (isSent === undefined) return;
    }
    await this.save(records);
  }

  private async save(handled: Batch): Promise<void> {
    const last = handled.at(-1);
    if (last !== undefined) await this.options.savePosition(last.dynamodb.SequenceNumber);
  }
}
