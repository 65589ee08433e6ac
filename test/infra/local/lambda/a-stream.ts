import type {
  StreamMappingDefinition,
  StreamRecord,
  StreamSource,
} from '../../../../infra/local/lambda/stream-mapping';

export const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2031-01-01T00:00:00.000';
export const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:failed';

/** The change number `number` of a table, made at `createdAt` (epoch milliseconds). */
export function aRecord(
  number: number,
  createdAt: number,
  eventName: StreamRecord['eventName'] = 'INSERT',
): StreamRecord {
  return {
    eventID: `event-${number}`,
    eventName,
    eventSourceARN: STREAM_ARN,
    dynamodb: {
      ApproximateCreationDateTime: createdAt / 1000,
      SequenceNumber: String(number).padStart(21, '0'),
      Keys: { id: { S: `item-${number}` } },
      NewImage: { id: { S: `item-${number}` }, count: { N: String(number) } },
    },
  };
}

/** A stream in memory. */
export function aStream(): StreamSource & { write(...records: StreamRecord[]): void; listenerCount(): number } {
  const records: StreamRecord[] = [];
  const listeners = new Set<() => void>();
  return {
    read: async (after, limit) =>
      records.filter(({ dynamodb }) => after === undefined || dynamodb.SequenceNumber > after).slice(0, limit),
    onWrite(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    write(...added) {
      records.push(...added);
      for (const listener of listeners) listener();
    },
    listenerCount: () => listeners.size,
  };
}

export function aDefinition(overrides: Partial<StreamMappingDefinition> = {}): StreamMappingDefinition {
  return {
    uuid: 'mapping-1',
    functionName: 'f',
    streamArn: STREAM_ARN,
    batchSize: 10,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    reportBatchItemFailures: false,
    filters: [],
    ...overrides,
  };
}
