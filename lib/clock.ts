/** Tells the time. An argument wherever a decision depends on it, so that a test can say what time it is. */
export interface Clock {
  /** The current instant in epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** The instant as an ISO 8601 string in UTC with milliseconds, the form of every `…At` field. */
export function toTimestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
