import type { Clock } from '../clock';

/** First and longest pause between two tries, in milliseconds. AWS publishes no figures of its own. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The pauses of a mapping: they end early when it closes, or, where that is wanted, when the stream was written to. */
export class Waiting {
  isClosed = false;
  private hasNews = false;
  private endPause: (() => void) | undefined;
  private endsOnNews = false;

  constructor(private readonly clock: Clock) {}

  /** Says that the stream was written to. */
  tell(): void {
    this.hasNews = true;
    if (this.endsOnNews) this.endPause?.();
  }

  close(): void {
    this.isClosed = true;
    this.endPause?.();
  }

  /** Forgets the news so far. Called before the stream is read, so that a write during the read is not missed. */
  forgetNews(): void {
    this.hasNews = false;
  }

  /** Resolves when the stream was written to since `forgetNews`, or `atMostMs` from now. */
  async forNews(atMostMs?: number): Promise<void> {
    if (!this.hasNews) await this.pause(atMostMs, true);
  }

  /** Resolves after the pause that follows the `failures`-th failure in a row. */
  async afterFailure(failures: number): Promise<void> {
    await this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), false);
  }

  /** Repeats `action` with growing pauses until it succeeds; gives up, with `undefined`, only when the mapping closes. */
  async untilDone<T>(action: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 1; !this.isClosed; failures += 1) {
      try {
        return await action();
      } catch {
        await this.afterFailure(failures);
      }
    }
    return undefined;
  }

  private async pause(delayMs: number | undefined, endsOnNews: boolean): Promise<void> {
    if (this.isClosed) return;
    this.endsOnNews = endsOnNews;
    await new Promise<void>((resolve) => {
      const cancel = delayMs === undefined ? () => {} : this.clock.after(delayMs, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
    this.endPause = undefined;
  }
}
