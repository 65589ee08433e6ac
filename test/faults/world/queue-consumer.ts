import type { Mapping } from '../../../infra/local/lambda/mapping';
import { openQueueMapping } from '../../../infra/local/lambda/queue-mapping';
import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import { functionName } from '../../../lib/service/names';
import type { Fate } from '../fates';
import { subjectOf } from './bus';
import type { Crossings } from './crossings';
import { type Forgeries, isForged } from './forgeries';
import type { Functions } from './functions';
import { describeOutcome, FunctionFailure, lambdaError } from './lambda-errors';
import { queueArn, STAGE } from './place';
import { type Consumer, type Queues, visibilityTimeoutSeconds } from './queues';
import type { SimulatedClock } from './simulated-clock';

export interface QueueConsumerOptions {
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly queues: Queues;
  readonly functions: () => Functions;
  readonly forgeries: Forgeries;
}

/** Of a queue to which dead letters are moved back: one at a time is enough. */
const REDRIVEN = { batchSize: 1, maximumConcurrency: 2 };

/** Opens the event source mapping between a consumer and its queue. */
export function openQueueConsumer(options: QueueConsumerOptions, consumer: Consumer): Mapping {
  const { clock, queues } = options;
  const { service, handler, trigger, timeoutSeconds } = consumer;
  const arn = queueArn(service.name, handler);
  const { batchSize, maximumConcurrency } = trigger.kind === 'events' ? trigger : REDRIVEN;
  const uuid = `${service.name}/${handler} queue`;
  let requests = 0;
  return openQueueMapping({
    definition: {
      uuid,
      functionName: functionName(STAGE, service.name, handler),
      queueArn: arn,
      batchSize,
      maximumConcurrency,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(timeoutSeconds),
      reportBatchItemFailures: true,
      filters: [],
    },
    source: queues.sourceOf(arn),
    invoke: async (_, payload) => {
      requests += 1;
      const { payload: answer, functionError } = await deliver(options, consumer, String(payload));
      return {
        statusCode: 200,
        payload: answer,
        ...(functionError !== undefined && { functionError: 'Unhandled' as const }),
        executedVersion: '$LATEST',
        requestId: `${uuid} ${requests}`,
      };
    },
    clock,
  });
}

/** Hands messages to their consumer. Several at once are about what the first true one is about. */
async function deliver(
  { crossings, functions, queues, forgeries }: QueueConsumerOptions,
  { service, handler, trigger, timeoutSeconds }: Consumer,
  payload: string,
): Promise<LambdaOutcome> {
  const event = JSON.parse(payload) as { Records: Array<{ body: string }> };
  const like = event.Records.find(({ body }) => !isForged(body))?.body;
  const subject = like === undefined ? {} : subjectOf(parse(like));
  const phase = trigger.kind === 'events' ? 'events' : 'repair';
  try {
    return await crossings.cross({
      call: { edge: 'queue', name: `${service.name}/${handler}`, phase, ...subject },
      // Else the forged ones would bring forth ever more of them.
      carriesOut: like === undefined ? ['crash', 'skew'] : ['crash', 'skew', 'forge'],
      perform: async (fate: Fate) => {
        if (fate.kind === 'forge' && like !== undefined) {
          await queues.send(queueArn(service.name, handler), forgeries.event(fate.as, like));
        }
        return functions().invoke({ service, handler, event, phase, ...subject, fate });
      },
      toError: lambdaError,
      timeLimitMs: (timeoutSeconds + 5) * 1000,
      toTimeOut: () => new FunctionFailure('Sandbox.Timedout'),
      describe: describeAnswer,
    });
  } catch (error) {
    if (error instanceof FunctionFailure) return error.outcome;
    throw error;
  }
}

/** A report of failures is worth a word in the history. */
export function describeAnswer(outcome: LambdaOutcome): string {
  if (outcome.functionError !== undefined) return describeOutcome(outcome);
  const { batchItemFailures = [] } = (JSON.parse(outcome.payload) ?? {}) as { batchItemFailures?: unknown[] };
  return batchItemFailures.length === 0 ? 'ok' : `${batchItemFailures.length} failed`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
