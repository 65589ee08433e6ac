import type { MappingDefinition } from './mapping';

/**
 * One change of a table's item, in the shape in which Lambda hands it to a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly SequenceNumber: string;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
  };
}

/** Where a mapping reads records: one shard of a table's stream. */
export interface StreamSource {
  /** At most `limit` records that come after the sequence number `after`, or from the oldest one; none if there is none. */
  read(after: string | undefined, limit: number): Promise<StreamRecord[]>;
  /** Calls `listener` after every write to the stream; returns what ends that. */
  onWrite(listener: () => void): () => void;
}

/** The settings of an event source mapping of a stream, as its template gives them. */
export interface StreamMappingDefinition extends MappingDefinition {
  readonly streamArn: string;
  readonly bisectBatchOnFunctionError: boolean;
  /** 0 to 10000, or -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  /** 60 to 604800, or -1: the 24 hours that a stream keeps its records. */
  readonly maximumRecordAgeSeconds: number;
  /** Gets a message about every batch that is given up. */
  readonly onFailureQueueArn?: string;
}
