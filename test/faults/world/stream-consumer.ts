import { type DynamoDb, streamArn } from '../../../infra/local/dynamodb/dynamodb';
import { type StreamRecord as DeliveredRecord, openStreamMapping } from '../../../infra/local/lambda/stream-mapping';
import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import { changePattern, emissionPattern } from '../../../lib/service/change-pattern';
import type { Trigger } from '../../../lib/service/contract';
import { functionName, tableName } from '../../../lib/service/names';
import { memoryStore } from '../../support/memory-store';
import type { Fate } from '../fates';
import type { Crossings } from './crossings';
import type { Forgeries } from './forgeries';
import type { Functions } from './functions';
import { FunctionFailure, lambdaError } from './lambda-errors';
import { deadLetterArn, PLACE, STAGE } from './place';
import { describeAnswer } from './queue-consumer';
import type { Consumer, Queues } from './queues';
import type { SimulatedClock } from './simulated-clock';

/** What a consumer needs. */
export interface ConsumerOptions {
  readonly db: DynamoDb;
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly queues: Queues;
  readonly functions: () => Functions;
  readonly forgeries: Forgeries;
}

/** As `infra/constructs` has it: an event is never too late, a saga that is not started is taken up by the sweeper. */
const MAX_RECORD_AGE_SECONDS: Partial<Record<Trigger['kind'], number>> = { stream: 3_600, relay: 12 * 3_600 };

/** Opens the event source mapping of one consumer. What it gives up is noted in the queue of its dead letters. */
export function openConsumer(options: ConsumerOptions, consumer: Consumer) {
  const { db, clock, queues } = options;
  const { service, handler, trigger } = consumer;
  const arn = streamArn(PLACE, tableName(STAGE, service.name));
  const store = memoryStore();
  const uuid = `${service.name}/${handler}`;
  let requests = 0;
  const mapping = openStreamMapping({
    definition: {
      uuid,
      functionName: functionName(STAGE, service.name, handler),
      streamArn: arn,
      ...readingOf(trigger),
      reportBatchItemFailures: true,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: -1,
      maximumRecordAgeSeconds: MAX_RECORD_AGE_SECONDS[trigger.kind] ?? -1,
      onFailureQueueArn: deadLetterArn(service.name, handler),
    },
    source: {
      read: (after, limit) => db.readStream(arn, after, limit) as Promise<DeliveredRecord[]>,
      onWrite: (listener) => db.onStreamWrite(arn, listener),
    },
    invoke: async (_, payload) => {
      requests += 1;
      const outcome = await deliver(options, consumer, String(payload));
      const { payload: answer, functionError } = outcome;
      return {
        statusCode: 200,
        payload: answer,
        ...(functionError !== undefined && { functionError: 'Unhandled' as const }),
        executedVersion: '$LATEST',
        requestId: `${uuid} ${requests}`,
      };
    },
    sendToQueue: (queueArn, body) => queues.send(queueArn, body),
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

/** @throws {Error} when the trigger is none of a stream */
function readingOf(trigger: Trigger): { batchSize: number; filters: readonly string[] } {
  switch (trigger.kind) {
    case 'relay':
      return { batchSize: trigger.batchSize, filters: [JSON.stringify(emissionPattern)] };
    case 'stream': {
      const { batchSize, changes } = trigger;
      return { batchSize, filters: changes.map((change) => JSON.stringify(changePattern(change))) };
    }
    default:
      throw new Error(`${trigger.kind} is no trigger of a stream`);
  }
}

/** Hands a batch to its consumer. It is about the order or the task of its first record. */
async function deliver(
  { crossings, functions, forgeries }: ConsumerOptions,
  { service, handler, trigger, timeoutSeconds }: Consumer,
  payload: string,
): Promise<LambdaOutcome> {
  const event = JSON.parse(payload) as { Records: DeliveredRecord[] };
  const [first] = event.Records;
  const [key] = Object.values(first?.dynamodb.Keys ?? {}) as Array<{ S?: string }>;
  const orderId = key?.S;
  const isRelay = trigger.kind === 'relay';
  const phase = isRelay ? 'events' : 'forward';
  const arrivingWith = (fate: Fate) => {
    if (fate.kind === 'garble') return broken(event);
    if (fate.kind === 'forge' && first) return { Records: [forgeries.record(fate.as, first), ...event.Records] };
    return event;
  };
  try {
    return await crossings.cross({
      call: { edge: 'stream', name: `${service.name}/${handler}`, phase, ...(orderId !== undefined && { orderId }) },
      carriesOut: [isRelay ? 'forge' : 'garble', 'crash', 'skew'],
      perform: (fate: Fate) =>
        functions().invoke({ service, handler, event: arrivingWith(fate), phase, orderId, fate }),
      toError: lambdaError,
      // The poller gives up on a function that is silent for longer than it may run.
      timeLimitMs: (timeoutSeconds + 5) * 1000,
      toTimeOut: () => new FunctionFailure('Sandbox.Timedout'),
      describe: describeAnswer,
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
