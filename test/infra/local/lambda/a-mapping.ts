import type { InvokeResult } from '../../../../infra/local/lambda/lambda';
import {
  openStreamMapping,
  type StreamMappingDefinition,
  type StreamRecord,
} from '../../../../infra/local/lambda/stream-mapping';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { aDefinition, aRecord, aStream } from './a-stream';

export const NOON = Date.parse('2031-05-06T12:00:00.000Z');

/** What the function does with a batch of record numbers: answers, or throws to fail. */
export type Behaviour = (numbers: number[], call: number) => unknown;

/** What a mapping may take over from an earlier one. */
export interface Surroundings {
  readonly clock?: ManualClock;
  readonly stream?: ReturnType<typeof aStream>;
  readonly store?: KeyValueStore;
  /** Whether the on-failure queue rejects every message. */
  isQueueAway?: boolean;
  /** How many of the first calls the function refuses without running. */
  readonly refusedCalls?: number;
}

const opened: Array<{ close(): Promise<void> }> = [];

/** Closes every mapping that `aMapping` opened. */
export async function closeMappings(): Promise<void> {
  await Promise.all(opened.splice(0).map((mapping) => mapping.close()));
}

/**
 * A mapping with its surroundings, closed by `closeMappings`. `batches` are the record numbers of each invocation, `sent` the
 * queue's messages.
 */
export function aMapping(
  behave: Behaviour = () => null,
  overrides: Partial<StreamMappingDefinition> = {},
  earlier: Surroundings = {},
) {
  const parts = { clock: manualClock(NOON), stream: aStream(), store: memoryStore(), ...earlier };
  const batches: number[][] = [];
  let calls = 0;
  const sent: Array<{ queueArn: string; body: string }> = [];
  const invoke = async (name: string, payload: string): Promise<InvokeResult> => {
    calls += 1;
    if (calls <= (earlier.refusedCalls ?? 0)) throw new Error('the function is throttled');
    const records = (JSON.parse(payload) as { Records: StreamRecord[] }).Records;
    const numbers = records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
    batches.push(numbers);
    const result = { statusCode: 200, executedVersion: '$LATEST', requestId: `${name}-${batches.length}` } as const;
    try {
      return { ...result, payload: JSON.stringify(behave(numbers, batches.length)) };
    } catch {
      return { ...result, payload: '{"errorType":"Error"}', functionError: 'Unhandled' };
    }
  };
  const sendToQueue = async (queueArn: string, body: string) => {
    if (earlier.isQueueAway) throw new Error('the queue is away');
    sent.push({ queueArn, body });
  };
  const { clock, stream: source, store } = parts;
  const mapping = openStreamMapping({
    definition: aDefinition(overrides),
    source,
    invoke,
    sendToQueue,
    store,
    clock,
  });
  opened.push(mapping);
  const write = (...numbers: number[]) => source.write(...numbers.map((number) => aRecord(number, clock.now())));
  return { ...parts, batches, sent, mapping, write };
}

/** Fails every batch that holds the record `bad`. */
export const failing = (bad: number) => (numbers: number[]) => {
  if (numbers.includes(bad)) throw new Error('bad record');
};

/** Reports the records `bad` as failed. */
export const reporting =
  (...bad: number[]) =>
  (numbers: number[]) => ({
    batchItemFailures: numbers
      .filter((number) => bad.includes(number))
      .map((number) => ({ itemIdentifier: String(number).padStart(21, '0') })),
  });
