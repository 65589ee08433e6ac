import { type DynamoDb, type StreamRecord, streamArn } from '../../../infra/local/dynamodb/dynamodb';
import type { ServiceContract } from '../../../lib/service/contract';
import { tableName } from '../../../lib/service/names';
import { PLACE, STAGE } from './place';
import { type ConsumerOptions, openConsumer } from './stream-consumer';

/** The streams of the tables and their consumers. */
export interface Streams {
  /** Whether every change so far has been seen and handled. */
  isDrained(): Promise<boolean>;
  close(): Promise<void>;
}

export interface StreamsOptions extends ConsumerOptions {
  readonly services: readonly ServiceContract[];
  /** Is told of every change of a service's table, in order; of those without a consumer, too. */
  readonly onChange: (service: ServiceContract, record: StreamRecord) => void;
}

/** Opens the streams: each consumer gets its table's changes in order, by an event source mapping of the local cloud. */
export function openStreams(options: StreamsOptions): Streams {
  const { services, db, clock, queues, onChange } = options;
  const watched = services
    .filter(({ table, standIn }) => table && !standIn)
    .map((service) => watch(db, service, onChange));
  const consumers = queues.consumers.flatMap((consumer) =>
    consumer.trigger.kind === 'events' ? [] : [openConsumer(options, consumer)],
  );

  return {
    isDrained: async () => {
      const drained = await Promise.all([...watched, ...consumers].map((it) => it.isDrained()));
      return drained.every((it) => it) && clock.now() > 0;
    },
    close: async () => {
      for (const consumer of consumers) await consumer.close();
    },
  };
}

/** Reads every record of a stream as soon as it is there. */
function watch(db: DynamoDb, service: ServiceContract, onChange: StreamsOptions['onChange']) {
  const arn = streamArn(PLACE, tableName(STAGE, service.name));
  let after: string | undefined;
  let reading = Promise.resolve();
  const readAll = async () => {
    const records = await db.readStream(arn, after, 1000);
    for (const record of records) onChange(service, record);
    after = records.at(-1)?.dynamodb.SequenceNumber ?? after;
  };
  db.onStreamWrite(arn, () => {
    reading = reading.then(readAll);
  });
  return {
    isDrained: async () => {
      await reading;
      return true;
    },
  };
}
