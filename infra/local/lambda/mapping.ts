/** What event source mappings of streams and of queues have in common. */
import type { Clock } from '../clock';

/** The settings of a mapping of either kind, as its template gives them. */
export interface MappingDefinition {
  readonly uuid: string;
  /** A name or an ARN, with or without a qualifier. */
  readonly functionName: string;
  /** 1 to 10000 records of a stream, 1 to 10 messages of a queue. */
  readonly batchSize: number;
  /** Whether the function answers which records of a batch failed. */
  readonly reportBatchItemFailures: boolean;
  /** At most 5 event patterns in JSON; what none of them matches is dropped. None: everything passes. */
  readonly filters: readonly string[];
}

/** A running mapping. `close` lets running invocations end and stops. */
export interface Mapping {
  close(): Promise<void>;
}

/** The largest event of a synchronous invocation in bytes. */
export const MAX_EVENT_BYTES = 6_291_456;

/** Starts a mapping that runs until `pauses.isClosed`. `listen` passes on that the source has news; it returns what ends that. */
export function startMapping(
  clock: Clock,
  listen: (listener: () => void) => () => void,
  run: (pauses: Pauses) => Promise<void>,
): Mapping {
  const pauses = new Pauses(clock);
  const stopListening = listen(() => pauses.tell());
  const running = run(pauses);
  return {
    async close() {
      stopListening();
      pauses.close();
      await running;
    },
  };
}

/**
 * Which records of a batch a function reported as failed, by their ids. `undefined`, which is the whole batch, for a report
 * that cannot be read, or that names something which is not of the batch; none for one that is empty or absent.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function findFailedIds(payload: string, ids: readonly string[]): readonly string[] | undefined {
  const response: unknown = JSON.parse(payload);
  if (response === null) return [];
  if (typeof response !== 'object') return undefined;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const failedIds = failures.map((failure) => failure?.itemIdentifier);
  return failedIds.every((id) => ids.includes(id)) ? failedIds : undefined;
}

/** First and longest pause between two tries, in milliseconds. AWS publishes no figures of its own. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The pauses of a mapping: all end early when it closes. */
export class Pauses {
  isClosed = false;
  private hasNews = false;
  private readonly ends = new Set<() => void>();
  private endOnNews = () => {};

  constructor(private readonly clock: Clock) {}

  /** Says that the source has news. */
  tell(): void {
    this.hasNews = true;
    this.endOnNews();
  }

  close(): void {
    this.isClosed = true;
    for (const end of this.ends) end();
  }

  /** Resolves when there are news that nobody has waited for yet: those that came while the source was read count, too. */
  async forNews(): Promise<void> {
    if (!this.hasNews) {
      await this.pause((end) => {
        this.endOnNews = end;
        return () => {};
      });
    }
    this.hasNews = false;
  }

  /** Resolves after the pause that follows the `failures`-th failure in a row. */
  async afterFailure(failures: number): Promise<void> {
    await this.pause((end) => this.clock.after(toPauseMs(failures), end));
  }

  /**
   * Repeats `action` with growing pauses until it succeeds. Gives up, with `undefined`, when the mapping closes, or when the
   * next try would come at `giveUpAt` or later.
   */
  async untilDone<T>(action: () => Promise<T>, giveUpAt = Number.POSITIVE_INFINITY): Promise<T | undefined> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await action();
      } catch {
        if (this.clock.now() + toPauseMs(failures) >= giveUpAt) return undefined;
        await this.afterFailure(failures);
        if (this.isClosed) return undefined;
      }
    }
  }

  private async pause(begin: (end: () => void) => () => void): Promise<void> {
    if (this.isClosed) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        this.ends.delete(end);
        cancel();
        resolve();
      };
      const cancel = begin(end);
      this.ends.add(end);
    });
  }
}

function toPauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}
