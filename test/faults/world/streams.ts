import { type DynamoDb, type StreamRecord, streamArn } from '../../../infra/local/dynamodb/dynamodb';
import type { ServiceContract } from '../../../lib/service/contract';
import { tableName } from '../../../lib/service/names';
import { PLACE, STAGE } from './place';
import { type ConsumerOptions, type DeadLetter, openConsumer } from './stream-consumer';

/** The streams of the tables and their consumers. */
export interface Streams {
  /** What was given up and not redriven yet. */
  readonly deadLetters: readonly DeadLetter[];
  /** Delivers once more what was given up; what fails again stays. */
  redrive(): Promise<void>;
  /** Whether every change so far has been seen and handled. */
  isDrained(): Promise<boolean>;
  close(): Promise<void>;
}

export interface StreamsOptions extends ConsumerOptions {
  readonly services: readonly ServiceContract[];
  /** Is told of every change of a service's table, in order; of those without a consumer, too. */
  readonly onChange: (tableName: string, record: StreamRecord) => void;
}

/** Opens the streams: each consumer gets its table's changes in order, by an event source mapping of the local cloud. */
export function openStreams(options: StreamsOptions): Streams {
  const { services, db, clock, onChange } = options;
  const letters: DeadLetter[] = [];
  const watched = services
    .filter(({ table, standIn }) => table && !standIn)
    .map(({ name }) => watch(db, tableName(STAGE, name), onChange));
  const consumers = services.flatMap((service) =>
    Object.entries(service.handlers).flatMap(([handler, { trigger }]) =>
      trigger.kind === 'stream' ? [openConsumer(options, service, handler, trigger, letters)] : [],
    ),
  );

  return {
    deadLetters: letters,
    async redrive() {
      for (const letter of letters.splice(0)) {
        const { service, handler, from, to } = letter;
        const after = String(BigInt(from) - 1n);
        const records = await db.readStream(streamArnOf(service), after, 1000);
        const Records = records.filter(({ dynamodb }) => dynamodb.SequenceNumber <= to);
        const outcome = await options.functions().invoke({ service, handler, event: { Records }, phase: 'repair' });
        if (outcome.functionError !== undefined || /itemIdentifier/.test(outcome.payload)) letters.push(letter);
      }
    },
    isDrained: async () => {
      const drained = await Promise.all([...watched, ...consumers].map((it) => it.isDrained()));
      return drained.every((it) => it) && clock.now() > 0;
    },
    close: async () => {
      for (const consumer of consumers) await consumer.close();
    },
  };
}

function streamArnOf(service: ServiceContract): string {
  return streamArn(PLACE, tableName(STAGE, service.name));
}

/** Reads every record of a stream as soon as it is there. */
function watch(db: DynamoDb, table: string, onChange: StreamsOptions['onChange']) {
  const arn = streamArn(PLACE, table);
  let after: string | undefined;
  let reading = Promise.resolve();
  const readAll = async () => {
    const records = await db.readStream(arn, after, 1000);
    for (const record of records) onChange(table, record);
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
