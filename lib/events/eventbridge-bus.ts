import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { requireEnv } from '../env';
import { parseTraceparent, toTraceHeader } from '../observability/trace-header';
import { ENV } from '../service/names';
import { type EventBus, PUT_TIMEOUT_MS, type PutOutcome } from './event-bus';
import type { BusEvent } from './event-envelope';

/** One request takes half of what a put has, for there may be a second round. A healthy bus answers in some 20 ms. */
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = PUT_TIMEOUT_MS / 2 - CONNECTION_TIMEOUT_MS;

/**
 * Errors of an entry that lie in the entry: it would be refused for ever. EventBridge calls others not worth a repeat too (access
 * denied, not authorized for the source or the type, invalid account), but these lie in the deployment: once it is mended they pass.
 * Whatever is not known is taken to pass.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const FINAL_CODES: ReadonlySet<string> = new Set(['InvalidArgument', 'MalformedDetail', 'RedactionFailure']);

/** Errors of a whole request that lie in one of its entries. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['ValidationException', 'RequestEntityTooLargeException']);

/** The bus that the environment names. Made once, at INIT. */
export function openEventBus(): EventBus {
  const client = new EventBridgeClient({
    // Whether and when a put is repeated is the relay's to decide, which knows how much time is left.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  const busName = requireEnv(ENV.eventBusName);
  const put = async (events: readonly BusEvent[]): Promise<PutOutcome[]> => {
    try {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({ Entries: events.map((event) => toEntry(busName, event)) }),
      );
      return events.map((_, index) => toOutcome(Entries[index]));
    } catch (error) {
      const { name: code } = error as Error;
      if (!FINAL_ERRORS.has(code)) return events.map(() => ({ kind: 'failed', code }));
      if (events.length === 1) return [{ kind: 'refused', code }];
      // Which entry it lies in is not told: each goes alone, and all but that one are taken.
      return (await Promise.all(events.map((event) => put([event])))).flat();
    }
  };
  return { put };
}

function toEntry(busName: string, { source, type, occurredAt, traceparent, detail }: BusEvent): PutEventsRequestEntry {
  const place = parseTraceparent(traceparent);
  return {
    EventBusName: busName,
    Source: source,
    DetailType: type,
    Time: new Date(occurredAt),
    Detail: detail,
    ...(place && { TraceHeader: toTraceHeader(place) }),
  };
}

/** That a request succeeds says nothing of its entries: each has an answer of its own. */
function toOutcome(entry: PutEventsResultEntry | undefined): PutOutcome {
  if (entry?.EventId !== undefined && entry.ErrorCode === undefined) return { kind: 'published' };
  const code = entry?.ErrorCode ?? 'NoAnswer';
  return { kind: FINAL_CODES.has(code) ? 'refused' : 'failed', code };
}
