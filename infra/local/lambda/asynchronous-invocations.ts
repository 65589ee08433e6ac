import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import {
  type AsynchronousConfig,
  checkAsynchronousConfig,
  DEFAULT_EVENT_AGE_SECONDS,
  DEFAULT_RETRY_ATTEMPTS,
} from './asynchronous-config';
import type { FunctionTarget } from './function-table';
import type { Condition } from './invocation-record';
import type { InvokeResult } from './invoker';
import { type LambdaDelivery, type QueuedEvent, toDeliveries } from './queued-event';

/** What the queue of asynchronous invocations works with. */
export interface AsynchronousOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly deliver: (delivery: LambdaDelivery) => Promise<void>;
  readonly onDeliveryFailure: (error: unknown, delivery: LambdaDelivery) => void;
  /** Finds what an event is for; throws `ResourceNotFoundException` when that is gone. */
  readonly getTarget: (functionArn: string) => FunctionTarget;
  readonly attempt: (target: FunctionTarget, event: QueuedEvent) => Promise<InvokeResult>;
}

const PREFIX = 'asynchronous/';
const LONGEST_PAUSE_MS = 300_000;
/** How often a record or a dead letter is tried. AWS tells a metric when it gives up, and no number. */
const DELIVERY_ATTEMPTS = 3;

/**
 * The events that wait to be handed to functions: kept before they are accepted, tried again after errors, given up after
 * the retries and ages that their configuration allows, with a record for the destination and a dead letter.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocations {
  private readonly configs = new Map<string, AsynchronousConfig>();
  private readonly timers = new Map<string, () => void>();
  private readonly running = new Set<Promise<void>>();
  private isClosed = false;

  constructor(private readonly options: AsynchronousOptions) {}

  configure(config: AsynchronousConfig): void {
    checkAsynchronousConfig(config);
    this.configs.set(`${config.functionName}:${config.qualifier ?? '$LATEST'}`, config);
  }

  /** Resolves with the request id when the event is kept. */
  async accept({ invokedArn: functionArn }: FunctionTarget, payload: string, traceHeader?: string): Promise<string> {
    const requestId = randomUUID();
    const now = this.options.clock.now();
    const trace = traceHeader === undefined ? {} : { traceHeader };
    const event = {
      requestId,
      functionArn,
      payload,
      acceptedAt: now,
      dueAt: now,
      invokeCount: 0,
      refusals: 0,
      ...trace,
    };
    await this.keep(event);
    return requestId;
  }

  /** Goes on with what was accepted before a restart. */
  async resume(): Promise<void> {
    for (const { value } of await this.options.store.list<QueuedEvent>(PREFIX)) this.schedule(value);
  }

  /** Begins nothing from now on; resolves when what runs has ended. What is kept goes on at the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const cancel of this.timers.values()) cancel();
    await Promise.all(this.running);
  }

  private async keep(event: QueuedEvent): Promise<void> {
    await this.options.store.write([{ key: PREFIX + event.requestId, value: event }]);
    this.schedule(event);
  }

  private schedule(event: QueuedEvent): void {
    if (this.isClosed) return;
    const delayMs = event.dueAt - this.options.clock.now();
    if (delayMs <= 0) {
      this.begin(event);
      return;
    }
    const cancel = this.options.clock.after(delayMs, () => {
      this.timers.delete(event.requestId);
      this.begin(event);
    });
    this.timers.set(event.requestId, cancel);
  }

  private begin(event: QueuedEvent): void {
    const running = this.process(event)
      // The storage failed: what is kept is the state before this step, which is done again.
      .catch(() => this.schedule({ ...event, dueAt: this.options.clock.now() + pauseMs(event.refusals) }))
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private async process(event: QueuedEvent): Promise<void> {
    if (event.deliveries !== undefined) return this.handOver(event, event.deliveries);
    let target: FunctionTarget;
    try {
      target = this.options.getTarget(event.functionArn);
    } catch {
      return this.forget(event);
    }
    if (this.options.clock.now() >= this.expiresAt(event, target)) return this.end(event, target, 'EventAgeExceeded');
    const attempt = await this.options.attempt(target, event).catch((error: unknown) => ({ error }));
    if ('error' in attempt) return this.refused(event, target, attempt.error);
    const invokeCount = event.invokeCount + 1;
    const { executedVersion, functionError, payload } = attempt;
    const last = { statusCode: 200, executedVersion, ...(functionError && { functionError }), payload };
    const tried: QueuedEvent = { ...event, invokeCount, refusals: 0, last };
    if (functionError === undefined) return this.end(tried, target, 'Success');
    const { maximumRetryAttempts = DEFAULT_RETRY_ATTEMPTS } = this.configOf(target);
    if (invokeCount > maximumRetryAttempts) return this.end(tried, target, 'RetriesExhausted');
    return this.retry(tried, target, invokeCount * 60_000);
  }

  private async refused(event: QueuedEvent, target: FunctionTarget, error: unknown): Promise<void> {
    // An attempt that the closing cut off is made again at the next start.
    if (this.isClosed) return;
    const { reservedConcurrentExecutions } = target.definition;
    if (reservedConcurrentExecutions === 0) return this.end(event, target, 'ZeroReservedConcurrency');
    const isThrottled = error instanceof AwsError && error.status === 429;
    const last = isThrottled ? { last: { statusCode: 429 } } : {};
    const refused = { ...event, ...last, refusals: event.refusals + 1 };
    return this.retry(refused, target, pauseMs(event.refusals));
  }

  private async retry(event: QueuedEvent, target: FunctionTarget, delayMs: number): Promise<void> {
    const dueAt = this.options.clock.now() + delayMs;
    if (dueAt >= this.expiresAt(event, target)) return this.end(event, target, 'EventAgeExceeded');
    await this.keep({ ...event, dueAt });
  }

  private async end(event: QueuedEvent, target: FunctionTarget, condition: Condition): Promise<void> {
    const ended = { condition, endedAt: this.options.clock.now() };
    await this.handOver(event, toDeliveries(event, target, this.configOf(target), ended));
  }

  private async handOver(event: QueuedEvent, deliveries: readonly LambdaDelivery[]): Promise<void> {
    const { deliver, clock, onDeliveryFailure } = this.options;
    const failedDeliveries = (event.failedDeliveries ?? 0) + 1;
    const failed: LambdaDelivery[] = [];
    for (const delivery of deliveries) {
      try {
        await deliver(delivery);
      } catch (error) {
        if (failedDeliveries < DELIVERY_ATTEMPTS) failed.push(delivery);
        else onDeliveryFailure(error, delivery);
      }
    }
    if (failed.length === 0) return this.forget(event);
    const dueAt = clock.now() + pauseMs(failedDeliveries - 1);
    await this.keep({ ...event, deliveries: failed, failedDeliveries, dueAt });
  }

  private async forget(event: QueuedEvent): Promise<void> {
    await this.options.store.write([{ key: PREFIX + event.requestId }]);
  }

  private configOf({ definition, qualifier = '$LATEST' }: FunctionTarget): Partial<AsynchronousConfig> {
    return this.configs.get(`${definition.functionName}:${qualifier}`) ?? {};
  }

  private expiresAt(event: QueuedEvent, target: FunctionTarget): number {
    const { maximumEventAgeSeconds = DEFAULT_EVENT_AGE_SECONDS } = this.configOf(target);
    return event.acceptedAt + maximumEventAgeSeconds * 1000;
  }
}

/** One second after the first failure, twice as long after each further one, five minutes at most. */
function pauseMs(failuresBefore: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failuresBefore);
}
