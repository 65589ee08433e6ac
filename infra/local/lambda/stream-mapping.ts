/** An event source mapping: hands the records of a table's stream to a function, in order, one batch at a time. */
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { BatchDelivery } from './batch-delivery';
import { parseEventFilter } from './event-filter';
import type { Lambda } from './lambda';
import { type Mapping, type Pauses, startMapping } from './mapping';
import type { StreamMappingDefinition, StreamSource } from './stream-record';

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

/**
 * Starts a mapping: at its kept position, else at the stream's oldest record.
 *
 * A record may be delivered again after a crash, as on AWS: the position is kept after the function answered.
 *
 * @throws {Error} for a filter that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export function openStreamMapping(options: StreamMappingOptions): Mapping {
  const { definition, source, clock } = options;
  const filters = definition.filters.map(parseEventFilter);
  return startMapping(clock, source.onWrite, (pauses) => run(options, filters, pauses));
}

async function run(
  options: StreamMappingOptions,
  filters: ReadonlyArray<(record: unknown) => boolean>,
  pauses: Pauses,
): Promise<void> {
  const { definition, source, store } = options;
  const key = `position/${definition.uuid}`;
  let { after } = (await store.get<{ after?: string }>(key)) ?? {};
  const savePosition = async (sequenceNumber: string) => {
    if (sequenceNumber === after) return;
    await store.write([{ key, value: { after: sequenceNumber } }]);
    after = sequenceNumber;
  };
  const delivery = new BatchDelivery({ ...options, savePosition, pauses });
  while (!pauses.isClosed) {
    const records = (await pauses.untilDone(() => source.read(after, definition.batchSize))) ?? [];
    await delivery.deliver(
      records.filter((record) => filters.length === 0 || filters.some((passes) => passes(record))),
    );
    const last = records.at(-1);
    if (last === undefined) await pauses.forNews();
    // What no filter lets pass is handled, too, unless the closing has cut off what comes before it.
    else if (!pauses.isClosed) await savePosition(last.dynamodb.SequenceNumber);
  }
}
