import type { StreamRecord } from './stream-record';

/**
 * The index of the first record that a function reported as failed, or `undefined` if it reported none. 0, which is the whole
 * batch, also for a report that names no record of the batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function findFirstFailure(payload: string, records: readonly StreamRecord[]): FirstFailure | undefined {
  const response: unknown = JSON.parse(payload);
  if (response === null) return undefined;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (typeof response !== 'object' || !Array.isArray(failures)) return { index: 0, isWholeBatch: true };
  if (failures.length === 0) return undefined;
  const indexes = failures.map((failure) =>
    records.findIndex((record) => record.dynamodb.SequenceNumber === failure?.itemIdentifier),
  );
  const index = Math.min(...indexes);
  return index < 0 ? { index: 0, isWholeBatch: true } : { index, isWholeBatch: false };
}

/** Where a batch failed. `isWholeBatch` tells a batch that failed as one from a report that begins with its first record. */
export interface FirstFailure {
  readonly index: number;
  readonly isWholeBatch: boolean;
}
