/**
 * An event as rules match it and targets get it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface BusEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** With whole seconds. */
  readonly time: string;
  readonly region: string;
  /** Only in an event that a replay sends again. */
  readonly 'replay-name'?: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event on its way to the rules and archives of a bus. */
export interface Arrival {
  readonly busName: string;
  readonly event: BusEvent;
  /** `X-Amzn-Trace-Id` of whoever put it. It goes to targets and dead letters; archives and so replays do not have it. */
  readonly traceHeader?: string;
}

/** ISO 8601 in UTC, without the fraction of the second. */
export function toEventTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** What a text is the JSON of; `undefined` when it is of nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
