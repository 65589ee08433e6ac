/** Deliveries that outlive a restart and are tried again: what the rules of EventBridge and the schedules share. */
import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { Deliver, Delivery, DeliverySource } from './delivery';
import { planRetry, type RetryPolicy } from './retry-policy';
import type { Change, KeyValueStore } from './storage/key-value-store';

/** Sends what could not be delivered; `source` is whose it was, `traceHeader` the trace that it is in. */
export type SendToDeadLetterQueue = (
  queueArn: string,
  body: string,
  messageAttributes: Readonly<Record<string, string>>,
  source: DeliverySource,
  traceHeader?: string,
) => Promise<void>;

/** A delivery to be made. */
export interface NewDelivery {
  readonly delivery: Delivery;
  readonly retryPolicy: RetryPolicy;
  /** Where it goes when it is given up; without a queue it is dropped. */
  readonly deadLetterQueueArn?: string;
  /** What goes there; the payload unless told. */
  readonly deadLetterBody?: string;
  /** What its message says besides the error and the attempts. */
  readonly deadLetterAttributes: Readonly<Record<string, string>>;
  /** Why it cannot be delivered at all: it is given up at once. */
  readonly refusal?: string;
}

interface PendingDelivery extends NewDelivery {
  readonly acceptedAtMs: number;
  readonly dueAtMs: number;
  /** Attempts made so far. */
  readonly attempts: number;
}

/** What a room that delivers is given. */
export interface DeliveringOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  /** In [0, 1), for the jitter; `Math.random` unless told. */
  readonly random?: () => number;
  readonly deliver: Deliver;
  readonly sendToDeadLetterQueue: SendToDeadLetterQueue;
  /** Takes what was given up without a dead-letter queue, and what that queue did not take. */
  readonly onError: (error: unknown, what: string) => void;
}

export interface RetriedDeliveriesOptions extends DeliveringOptions {
  /** What `ERROR_CODE` of a dead letter says. */
  readonly errorCodeOf: (error: unknown) => string;
  /** The payload of an attempt, counted from 1; as it is unless told. */
  readonly payloadOf?: (payload: string, attempt: number) => string;
}

/** The deliveries of one room, kept in its store under `pending/` until they are made or given up. */
export interface RetriedDeliveries {
  /** Makes deliveries ready: `changes` are to be written with what caused them, then `start` is to be called. */
  prepare(deliveries: readonly NewDelivery[]): { changes: Change[]; start(): void };
  /** Goes on with those in the store. */
  resume(): Promise<void>;
  /** Starts no further attempt; resolves when those under way are over. */
  close(): Promise<void>;
}

const KEY_PREFIX = 'pending/';

export function openRetriedDeliveries(options: RetriedDeliveriesOptions): RetriedDeliveries {
  const { store, clock, random = Math.random, deliver, sendToDeadLetterQueue, onError, errorCodeOf } = options;
  const { payloadOf = (payload) => payload } = options;
  const running = new Set<Promise<void>>();
  let isClosed = false;

  function startWhenDue(key: string, pending: PendingDelivery): void {
    clock.after(Math.max(0, pending.dueAtMs - clock.now()), () => {
      if (isClosed) return;
      const run = attempt(key, pending)
        .catch((error: unknown) => onError(error, describe(pending)))
        .finally(() => running.delete(run));
      running.add(run);
    });
  }

  async function attempt(key: string, pending: PendingDelivery): Promise<void> {
    const { delivery, refusal } = pending;
    const attempts = pending.attempts + 1;
    try {
      if (refusal !== undefined) throw new AwsError('InvalidJson', refusal);
      await deliver({ ...delivery, payload: payloadOf(delivery.payload, attempts) });
    } catch (error) {
      const plan = planRetry({ ...pending, attempts }, error, clock.now(), random());
      if ('dueAtMs' in plan) {
        const later = { ...pending, attempts, dueAtMs: plan.dueAtMs };
        await store.write([{ key, value: later }]);
        return startWhenDue(key, later);
      }
      await giveUp({ ...pending, attempts }, error, plan.exhausted);
    }
    await store.write([{ key }]);
  }

  async function giveUp(pending: PendingDelivery, error: unknown, exhausted: string | undefined): Promise<void> {
    const { deadLetterQueueArn, deadLetterAttributes, delivery, attempts } = pending;
    if (deadLetterQueueArn === undefined) return onError(error, describe(pending));
    const attributes = {
      ...deadLetterAttributes,
      ERROR_CODE: errorCodeOf(error),
      ERROR_MESSAGE: (error as Error).message,
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
      RETRY_ATTEMPTS: String(attempts - 1),
    };
    const { deadLetterBody = payloadOf(delivery.payload, attempts) } = pending;
    const { source, traceHeader } = delivery;
    // AWS does not try this again either: what the queue refuses is lost, and only a metric tells.
    await sendToDeadLetterQueue(deadLetterQueueArn, deadLetterBody, attributes, source, traceHeader).catch(
      (refused: unknown) => onError(refused, `dead letter of ${describe(pending)}`),
    );
  }

  return {
    prepare(deliveries) {
      const nowMs = clock.now();
      const entries = deliveries.map((delivery) => {
        const value: PendingDelivery = { ...delivery, acceptedAtMs: nowMs, dueAtMs: nowMs, attempts: 0 };
        return { key: `${KEY_PREFIX}${randomUUID()}`, value };
      });
      return {
        changes: entries,
        start: () => {
          for (const { key, value } of entries) startWhenDue(key, value);
        },
      };
    },
    async resume() {
      for (const { key, value } of await store.list<PendingDelivery>(KEY_PREFIX)) startWhenDue(key, value);
    },
    async close() {
      isClosed = true;
      await Promise.all(running);
    },
  };
}

function describe({ delivery }: PendingDelivery): string {
  return `delivery of ${delivery.source.arn} to ${delivery.targetArn}`;
}
