import type { InvokeResult, Lambda } from '../../../../infra/local/lambda/lambda';
import {
  openQueueMapping,
  type QueueMappingDefinition,
  type QueueMessage,
  type QueueSource,
} from '../../../../infra/local/lambda/queue-mapping';
import { manualClock } from '../../../support/manual-clock';
import { recordSpans } from '../recorded-spans';

export const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:work';

/** What the function does with a batch of bodies: answers, throws to fail, or throws a `Refusal` if it cannot be called. */
export type Behaviour = (bodies: string[], call: number) => unknown;

/** The function cannot be called, as when it is throttled. */
export class Refusal extends Error {}

const opened: Array<{ close(): Promise<void> }> = [];

/** Closes every mapping that `aQueueMapping` opened. */
export async function closeMappings(): Promise<void> {
  await Promise.all(opened.splice(0).map((mapping) => mapping.close()));
}

/** A queue in memory that hides what was received for good. `failing` names the requests that it rejects. */
function aQueue() {
  const visible: QueueMessage[] = [];
  const deleted: string[] = [];
  const requests: string[] = [];
  const listeners = new Set<() => void>();
  const failing = new Set<string>();
  const check = (request: string, size: number) => {
    requests.push(`${request} ${size}`);
    if (failing.has(request)) throw new Error(`${request} failed`);
  };
  const source: QueueSource = {
    receive: async (limit) => {
      check('receive', limit);
      return visible.splice(0, limit);
    },
    delete: async (receiptHandles) => {
      check('delete', receiptHandles.length);
      deleted.push(...receiptHandles.map((handle) => handle.replace('receipt-', '')));
    },
    onArrival(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const send = (...bodies: string[]) => sendWith({}, ...bodies);
  const sendWith = (attributes: Pick<QueueMessage, 'Attributes'>, ...bodies: string[]) => {
    for (const Body of bodies) {
      visible.push({
        ...attributes,
        MessageId: `id-${Body.slice(0, 9)}`,
        ReceiptHandle: `receipt-${Body.slice(0, 9)}`,
        Body,
        MD5OfBody: 'digest',
      });
    }
    for (const listener of listeners) listener();
  };
  return { source, visible, deleted, requests, listeners, failing, send, sendWith };
}

/** A mapping of a queue, closed by `closeMappings`. `batches` are the bodies of each invocation that the function took. */
export function aQueueMapping(behave: Behaviour = () => null, overrides: Partial<QueueMappingDefinition> = {}) {
  const clock = manualClock(Date.parse('2031-05-06T12:00:00.000Z'));
  const queue = aQueue();
  const batches: string[][] = [];
  const payloads: string[] = [];
  const links: Array<readonly string[] | undefined> = [];
  const { spans, beginSpan } = recordSpans(clock);
  let calls = 0;
  const invoke: Lambda['invoke'] = async (_name, payload, options): Promise<InvokeResult> => {
    links.push(options?.links);
    const { Records } = JSON.parse(payload) as { Records: Array<{ body: string }> };
    const bodies = Records.map(({ body }) => body);
    const result = { statusCode: 200, executedVersion: '$LATEST', requestId: 'r' } as const;
    calls += 1;
    try {
      const answer = await behave(bodies, calls);
      batches.push(bodies);
      payloads.push(payload);
      return { ...result, payload: JSON.stringify(answer ?? null) };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      batches.push(bodies);
      return { ...result, payload: '{}', functionError: 'Unhandled' };
    }
  };
  const definition: QueueMappingDefinition = {
    uuid: 'mapping-1',
    functionName: 'f',
    queueArn: QUEUE_ARN,
    visibilityTimeoutSeconds: 60,
    batchSize: 10,
    maximumConcurrency: 5,
    reportBatchItemFailures: false,
    filters: [],
    ...overrides,
  };
  const mapping = openQueueMapping({ definition, source: queue.source, invoke, beginSpan, clock });
  opened.push(mapping);
  return { ...queue, clock, batches, payloads, links, spans, mapping, callCount: () => calls };
}

/** Answers that the messages with these ids failed. */
export const reporting =
  (...ids: unknown[]): Behaviour =>
  () => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
