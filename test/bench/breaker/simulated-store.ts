import type { StoreTrouble } from './scenario';
import type { VirtualTime } from './virtual-time';

/** A partition takes this many writes of one unit in a second. */
const WRITES_PER_SECOND = 1000;

/** What an older version of an item may still be read for. */
const STALE_MS = 500;

/** The store did not do it, or did not say that it did. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * One item of DynamoDB, as far as breakers notice: an answer takes 4 to 10 ms, a write is one step, an eventually consistent read may
 * answer what was true some milliseconds ago, more than 1000 writes in a second are throttled, and the store may be in trouble.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export class SimulatedStore<T> {
  /** Billed requests: what is throttled or fails costs nothing; a condition that does not hold costs a write. */
  reads = 0;
  writes = 0;
  throttled = 0;
  private readonly versions: { readonly at: number; readonly item: T }[] = [];
  private second = 0;
  private writesInSecond = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly random: () => number,
    private readonly troubles: readonly (Pick<StoreTrouble, 'kind'> & {
      readonly fromAt: number;
      readonly toAt: number;
    })[],
  ) {}

  read(): Promise<T | undefined> {
    return this.request(() => {
      this.reads += 1;
      return this.versionAt(this.time.now - this.lagMs());
    });
  }

  /** One step from the newest item to the next, if there is a next one; and what the writer is told. */
  write<A>(step: (item: T | undefined) => { readonly next?: T; readonly answer: A }): Promise<Awaited<A>> {
    return this.request(() => {
      this.throttle();
      this.writes += 1;
      const { next, answer } = step(this.versions.at(-1)?.item);
      if (next !== undefined) this.keep(next);
      return answer;
    }) as Promise<Awaited<A>>;
  }

  private keep(item: T): void {
    const { versions, time } = this;
    versions.push({ at: time.now, item });
    while ((versions[1]?.at ?? Number.POSITIVE_INFINITY) < time.now - STALE_MS) versions.shift();
  }

  private request<A>(effect: () => A): Promise<A> {
    const { time, random } = this;
    const kind = this.troubles.find(({ fromAt, toAt }) => time.now >= fromAt && time.now < toAt)?.kind;
    const latencyMs = 4 + 6 * random() + (kind === 'slow' ? 500 + 1500 * random() : 0);
    const isRefused = kind === 'down' || (kind === 'flaky' && random() < 1 / 3);
    const isUnanswered = kind === 'answers lost' && random() < 0.5;
    return new Promise((resolve, reject) => {
      time.after(latencyMs / 2, () => {
        let end: () => void;
        try {
          if (isRefused) throw new StoreError('the store is down');
          const answer = effect();
          end = isUnanswered ? () => reject(new StoreError('the answer was lost')) : () => resolve(answer);
        } catch (error) {
          end = () => reject(error);
        }
        // A client that hears nothing gives up after half a second.
        time.after(isUnanswered ? 500 : latencyMs / 2, end);
      });
    });
  }

  private throttle(): void {
    const second = Math.floor(this.time.now / 1000);
    if (second !== this.second) this.writesInSecond = 0;
    this.second = second;
    this.writesInSecond += 1;
    if (this.writesInSecond <= WRITES_PER_SECOND) return;
    this.throttled += 1;
    throw new StoreError('throttled');
  }

  /** A third of the reads is of the leader; a replica is some milliseconds behind, and now and then much more. */
  private lagMs(): number {
    const { random } = this;
    if (random() < 1 / 3) return 0;
    return random() < 0.01 ? STALE_MS * random() : 20 * random();
  }

  private versionAt(at: number): T | undefined {
    for (let place = this.versions.length - 1; place >= 0; place -= 1) {
      const version = this.versions[place];
      if (version && version.at <= at) return version.item;
    }
    return undefined;
  }
}
