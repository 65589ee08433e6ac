import { type DynamoDb, streamArn } from '../../../infra/local/dynamodb/dynamodb';
import { type StreamRecord as DeliveredRecord, openStreamMapping } from '../../../infra/local/lambda/stream-mapping';
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

/** What a consumer needs. */
export interface ConsumerOptions {
  readonly db: DynamoDb;
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly functions: () => Functions;
}

/** As `infra/constructs/stream-consumer.ts` has it. */
const MAX_RECORD_AGE_SECONDS = 3600;

/** Opens the event source mapping of one consumer. What it gives up is added to `letters`. */
export function openConsumer(
  options: ConsumerOptions,
  service: ServiceContract,
  handler: string,
  { changes, batchSize }: StreamTrigger,
  letters: DeadLetter[],
) {
  const { db, clock } = options;
  const arn = streamArn(PLACE, tableName(STAGE, service.name));
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
  { crossings, functions }: ConsumerOptions,
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
