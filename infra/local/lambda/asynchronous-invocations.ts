import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Deliver, Delivery } from '../delivery';
import type { KeyValueStore } from '../storage/key-value-store';
import type { FunctionTarget } from './function-table';
import { type Condition, type EndedInvocation, toDeliveries } from './invocation-record';
import type { InvokeResult } from './invoker';

/** How asynchronous invocations of a function, a version or an alias are treated. */
export interface AsynchronousConfig {
  readonly functionName: string;
  /** `$LATEST`, a version or an alias. Default `$LATEST`. */
  readonly qualifier?: string;
  /** 0 to 2; default 2. */
  readonly maximumRetryAttempts?: number;
  /** 60 to 21600; default 21600. */
  readonly maximumEventAgeSeconds?: number;
  /** The ARN of a queue or a function. */
  readonly onSuccessArn?: string;
  /** The ARN of a queue or a function. */
  readonly onFailureArn?: string;
}

/** An accepted invocation, as it is kept. */
export interface QueuedEvent extends EndedInvocation {
  readonly functionArn: string;
  readonly traceHeader?: string | undefined;
  /** Epoch milliseconds, like `dueAt`. */
  readonly acceptedAt: number;
  readonly dueAt: number;
  /** How often in a row it could not be run. */
  readonly refusals: number;
  /** What remains to be handed over once the invocation is over. */
  readonly deliveries?: readonly Delivery[];
  readonly failedDeliveries?: number;
}

/** What the queue of asynchronous invocations works with. */
export interface AsynchronousOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly deliver: Deliver;
  readonly onDeliveryFailure: (error: unknown, delivery: Delivery) => void;
  /** Finds what an event is for, unless that is gone. */
  readonly findTarget: (functionArn: string) => FunctionTarget | undefined;
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
    this.configs.set(`${config.functionName}:${config.qualifier ?? '$LATEST'}`, config);
  }

  /** Resolves with the request id when the event is kept. */
  async accept({ invokedArn: functionArn }: FunctionTarget, payload: string, traceHeader?: string): Promise<string> {
    const requestId = randomUUID();
    const now = this.options.clock.now();
    const counts = { invokeCount: 0, refusals: 0 };
    await this.keep({ requestId, functionArn, payload, traceHeader, acceptedAt: now, dueAt: now, ...counts });
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

  private async forget(event: QueuedEvent): Promise<void> {
    await this.options.store.write([{ key: PREFIX + event.requestId }]);
  }

  private schedule(event: QueuedEvent): void {
    if (this.isClosed) return;
    const cancel = this.options.clock.after(Math.max(0, event.dueAt - this.options.clock.now()), () => {
      this.timers.delete(event.requestId);
      const running = this.process(event)
        // The storage failed: what is kept is the state before this step, which is done again.
        .catch(() => this.schedule({ ...event, dueAt: this.dueAfter(event.refusals) }))
        .finally(() => this.running.delete(running));
      this.running.add(running);
    });
    this.timers.set(event.requestId, cancel);
  }

  private async process(event: QueuedEvent): Promise<void> {
    if (event.deliveries !== undefined) return this.handOver(event, event.deliveries);
    const target = this.options.findTarget(event.functionArn);
    if (target === undefined) return this.forget(event);
    if (this.options.clock.now() >= this.expiresAt(event, target)) return this.end(event, target, 'EventAgeExceeded');
    const attempt = await this.options.attempt(target, event).catch((error: unknown) => ({ error }));
    if ('error' in attempt) return this.refused(event, target, attempt.error);
    const { executedVersion, functionError, payload } = attempt;
    const invokeCount = event.invokeCount + 1;
    const last = { statusCode: 200, executedVersion, ...(functionError && { functionError }), payload };
    const tried: QueuedEvent = { ...event, invokeCount, refusals: 0, last };
    if (functionError === undefined) return this.end(tried, target, 'Success');
    const { maximumRetryAttempts = 2 } = this.configOf(target);
    if (invokeCount > maximumRetryAttempts) return this.end(tried, target, 'RetriesExhausted');
    return this.retry(tried, target, this.options.clock.now() + invokeCount * 60_000);
  }

  private async refused(event: QueuedEvent, target: FunctionTarget, error: unknown): Promise<void> {
    // An attempt that the closing cut off is made again at the next start.
    if (this.isClosed) return;
    const isThrottled = error instanceof AwsError && error.status === 429;
    const last = isThrottled ? { last: { statusCode: 429 } } : {};
    const refused = { ...event, ...last, refusals: event.refusals + 1 };
    return this.retry(refused, target, this.dueAfter(event.refusals));
  }

  private async retry(event: QueuedEvent, target: FunctionTarget, dueAt: number): Promise<void> {
    if (dueAt >= this.expiresAt(event, target)) return this.end(event, target, 'EventAgeExceeded');
    await this.keep({ ...event, dueAt });
  }

  private async end(event: QueuedEvent, target: FunctionTarget, condition: Condition): Promise<void> {
    const endedAt = this.options.clock.now();
    await this.handOver(event, toDeliveries(event, target, this.configOf(target), condition, endedAt));
  }

  private async handOver(event: QueuedEvent, deliveries: readonly Delivery[]): Promise<void> {
    const failedDeliveries = (event.failedDeliveries ?? 0) + 1;
    const failed: Delivery[] = [];
    for (const delivery of deliveries) {
      try {
        await this.options.deliver(delivery);
      } catch (error) {
        if (failedDeliveries < DELIVERY_ATTEMPTS) failed.push(delivery);
        else this.options.onDeliveryFailure(error, delivery);
      }
    }
    if (failed.length === 0) return this.forget(event);
    const dueAt = this.dueAfter(failedDeliveries - 1);
    await this.keep({ ...event, deliveries: failed, failedDeliveries, dueAt });
  }

  private configOf({ definition, qualifier = '$LATEST' }: FunctionTarget): Partial<AsynchronousConfig> {
    return this.configs.get(`${definition.functionName}:${qualifier}`) ?? {};
  }

  private expiresAt(event: QueuedEvent, target: FunctionTarget): number {
    const { maximumEventAgeSeconds = 21_600 } = this.configOf(target);
    return event.acceptedAt + maximumEventAgeSeconds * 1000;
  }

  /** One second after the first failure, twice as long after each further one, five minutes at most. */
  private dueAfter(failuresBefore: number): number {
    return this.options.clock.now() + Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failuresBefore);
  }
}
