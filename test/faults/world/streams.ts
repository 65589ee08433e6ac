import { type DynamoDb, type StreamRecord, streamArn } from '../../../infra/local/dynamodb/dynamodb';
import type { StreamRecord as DeliveredRecord } from '../../../infra/local/lambda/stream-mapping';
import { openStreamMapping } from '../../../infra/local/lambda/stream-mapping';
import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import { changePattern } from '../../../lib/service/change-pattern';
import type { ServiceContract, StreamTrigger } from '../../../lib/service/contract';
import { functionName, tableName } from '../../../lib/service/names';
import { memoryStore } from '../../support/memory-store';
import type { Fate } from '../fates';
import type { Crossings } from './crossings';
import type { Functions } from './functions';
import { describeOutcome, FunctionFailure, lambdaError } from './lambda-errors';
import { PLACE, STAGE } from './place';
import type { SimulatedClock } from './simulated-clock';

/** A batch that was given up, as its message in the failure queue says. */
export interface DeadLetter {
  readonly service: ServiceContract;
  readonly handler: string;
  readonly from: string;
  readonly to: string;
}

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

export interface StreamsOptions {
  readonly services: readonly ServiceContract[];
  readonly db: DynamoDb;
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly functions: () => Functions;
  /** Is told of every change of a table with a stream, in order. */
  readonly onChange: (tableName: string, record: StreamRecord) => void;
}

/** As `infra/constructs/stream-consumer.ts` has it. */
const MAX_RECORD_AGE_SECONDS = 3600;

/** Opens the streams: each consumer gets its table's changes in order, by an event source mapping of the local cloud. */
export function openStreams(options: StreamsOptions): Streams {
  const { services, db, clock, onChange } = options;
  const letters: DeadLetter[] = [];
  const watched = services
    .filter(({ table }) => table?.stream)
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

function openConsumer(
  options: StreamsOptions,
  service: ServiceContract,
  handler: string,
  { changes, batchSize }: StreamTrigger,
  letters: DeadLetter[],
) {
  const { db, clock } = options;
  const arn = streamArnOf(service);
  const store = memoryStore();
  const uuid = `${service.name}/${handler}`;
  let requests = 0;
  const mapping = openStreamMapping({
    definition: {
      uuid,
      functionName: functionName(STAGE, service.name, handler),
      streamArn: arn,
      batchSize,
      reportBatchItemFailures: true,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: -1,
      maximumRecordAgeSeconds: MAX_RECORD_AGE_SECONDS,
      onFailureQueueArn: `arn:aws:sqs:${PLACE.region}:${PLACE.accountId}:failures`,
      filters: changes.map((change) => JSON.stringify(changePattern(change))),
    },
    source: {
      read: (after, limit) => db.readStream(arn, after, limit) as Promise<DeliveredRecord[]>,
      onWrite: (listener) => db.onStreamWrite(arn, listener),
    },
    invoke: async (_, payload) => {
      requests += 1;
      const outcome = await deliver(options, service, handler, String(payload));
      const { payload: answer, functionError } = outcome;
      return {
        statusCode: 200,
        payload: answer,
        ...(functionError !== undefined && { functionError: 'Unhandled' as const }),
        executedVersion: '$LATEST',
        requestId: `${uuid} ${requests}`,
      };
    },
    sendToQueue: async (_, body) => {
      const { DDBStreamBatchInfo: batch } = JSON.parse(body) as {
        DDBStreamBatchInfo: { startSequenceNumber: string; endSequenceNumber: string };
      };
      letters.push({ service, handler, from: batch.startSequenceNumber, to: batch.endSequenceNumber });
    },
    store,
    clock,
  });
  return {
    isDrained: async () => {
      const { after } = (await store.get<{ after?: string }>(`position/${uuid}`)) ?? {};
      return (await db.readStream(arn, after, 1)).length === 0;
    },
    close: () => mapping.close(),
  };
}

/** Hands a batch to its consumer. It is about the order of its first record: batches of several are rare here. */
async function deliver(
  { crossings, functions }: StreamsOptions,
  service: ServiceContract,
  handler: string,
  payload: string,
): Promise<LambdaOutcome> {
  const event = JSON.parse(payload) as { Records: DeliveredRecord[] };
  const [first] = event.Records;
  const orderId = (first?.dynamodb.Keys.orderId as { S?: string } | undefined)?.S;
  const phase = 'forward';
  const seconds = service.handlers[handler]?.timeoutSeconds ?? 0;
  try {
    return await crossings.cross({
      call: { edge: 'stream', name: `${service.name}/${handler}`, phase, ...(orderId !== undefined && { orderId }) },
      carriesOut: ['garble', 'crash', 'skew'],
      perform: (fate: Fate) =>
        functions().invoke({
          service,
          handler,
          event: fate.kind === 'garble' ? broken(event) : event,
          phase,
          orderId,
          fate,
        }),
      toError: lambdaError,
      // The poller gives up on a function that is silent for longer than it may run.
      timeLimitMs: (seconds + 5) * 1000,
      toTimeOut: () => new FunctionFailure('Sandbox.Timedout'),
      describe: describeOutcome,
    });
  } catch (error) {
    if (error instanceof FunctionFailure) return error.outcome;
    throw error;
  }
}

/** The first record has lost its images. */
function broken({ Records: [first, ...others] }: { Records: DeliveredRecord[] }) {
  return { Records: [{ ...first, dynamodb: { ...first?.dynamodb, NewImage: undefined } }, ...others] };
}
