import type { Place } from './names';

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

/** What a valid entry of PutEvents says. */
export interface EventEntry {
  readonly busName: string;
  readonly detailType: string;
  readonly source: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

export function toEvent(entry: EventEntry, id: string, { region, accountId }: Place): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': entry.detailType,
    source: entry.source,
    account: accountId,
    time: toEventTime(entry.atMs),
    region,
    resources: entry.resources,
    detail: entry.detail,
  };
}

/** The event as a replay sends it. */
export function toReplayed({ resources, detail, ...head }: BusEvent, replayName: string): BusEvent {
  return { ...head, 'replay-name': replayName, resources, detail };
}

/** ISO 8601 in UTC, without the fraction of the second. */
export function toEventTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
