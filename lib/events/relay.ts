import { log } from '../observability/log';
import { annotate, currentTraceparent, inSpan } from '../observability/tracing';
import type { DeadLetters } from './aws-dead-letters';
import { type EventBus, PUT_TIMEOUT_MS, type PutOutcome } from './event-bus';
import type { BusEvent } from './event-envelope';
import { type PlannedCopy, planWave, type RelayWork } from './relay-plan';

/** What the relay works with. */
export interface RelayPorts {
  readonly bus: EventBus;
  readonly deadLetters: DeadLetters;
  /** Milliseconds until the invocation is ended. */
  readonly remainingMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What the relay did, by kind. */
export interface RelayCounts {
  /** Copies that the bus took. */
  readonly published: number;
  /** Copies and letters that were not taken, and were or will be tried again. */
  readonly failed: number;
  readonly deadLettered: number;
}

/** What became of a batch. */
export interface Relayed {
  /** What is neither on the bus in all its versions nor among the dead letters. */
  readonly unfinished: readonly RelayWork[];
  readonly counts: RelayCounts;
}

/** The first wait after a failure is at most this long, each further one at most twice as long as the one before. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** Kept for a wave, which is begun only if it can be finished, and for the answer. */
const RESERVE_MS = PUT_TIMEOUT_MS + 1_000;

/**
 * Puts events on the bus, as far as the invocation's time reaches: wave after wave, each with the next event of every aggregate. What
 * fails is tried again after a wait with full jitter, and what follows it in its aggregate waits for it. What can never be published
 * goes to the dead letters with its content, and holds up nobody.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export async function relay(works: readonly RelayWork[], ports: RelayPorts): Promise<Relayed> {
  let unfinished = works;
  let failuresInARow = 0;
  const counts = { published: 0, failed: 0, deadLettered: 0 };
  while (unfinished.length > 0) {
    const wave = await runWave(unfinished, ports);
    unfinished = wave.unfinished;
    counts.published += wave.counts.published;
    counts.failed += wave.counts.failed;
    counts.deadLettered += wave.counts.deadLettered;
    failuresInARow = wave.counts.failed > 0 ? failuresInARow + 1 : 0;
    const waitMs = backOffMs(failuresInARow, ports.random());
    if (unfinished.length === 0 || ports.remainingMs() < waitMs + RESERVE_MS) break;
    if (waitMs > 0) await ports.sleep(waitMs);
  }
  return { unfinished, counts };
}

/** A random time up to one that doubles with each failure; none without a failure. */
export function backOffMs(failuresInARow: number, random: number): number {
  if (failuresInARow === 0) return 0;
  return random * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failuresInARow - 1));
}

interface SettledCopy extends PlannedCopy {
  readonly outcome: PutOutcome;
}

async function runWave(works: readonly RelayWork[], { bus, deadLetters }: RelayPorts): Promise<Relayed> {
  const { requests, letters } = planWave(works);
  const putting = requests.map((request) => put(bus, request));
  const sending = letters.map(async (work) => ((await send(deadLetters, work)) ? [work] : []));
  const settled = (await Promise.all(putting)).flat();
  const sent = new Set((await Promise.all(sending)).flat());
  const count = (kind: PutOutcome['kind']) => settled.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    unfinished: works.flatMap((work) => (sent.has(work) ? [] : settle(work, settled))),
    counts: {
      published: count('published'),
      failed: count('failed') + letters.length - sent.size,
      deadLettered: sent.size,
    },
  };
}

async function put(bus: EventBus, request: readonly PlannedCopy[]): Promise<SettledCopy[]> {
  const outcomes = bus.put(request.map(({ copy }) => copy));
  const takeAnswer = async (planned: PlannedCopy, index: number) => {
    const outcome = (await outcomes)[index] ?? { kind: 'failed', code: 'NoAnswer' };
    if (outcome.kind !== 'published') {
      const { code } = outcome;
      annotate({ code });
      log('warn', 'event not published', { eventType: planned.copy.type, eventId: planned.work.eventId, code });
    }
    return { ...planned, outcome };
  };
  return Promise.all(request.map((planned, index) => inPublishSpan(planned, () => takeAnswer(planned, index))));
}

/** In the trace of whoever emitted the event, which the relay's own invocation is no part of. */
function inPublishSpan<T>({ work, copy }: PlannedCopy, run: () => Promise<T>): Promise<T> {
  const invocation = currentTraceparent();
  const options = {
    kind: 'producer',
    parent: copy.traceparent,
    links: invocation === undefined ? [] : [invocation],
    attributes: { eventId: work.eventId, eventType: copy.type },
  } as const;
  return inSpan(`publish ${copy.type}`, options, run);
}

async function send(deadLetters: DeadLetters, { letter, eventId, reason = 'no reason' }: RelayWork): Promise<boolean> {
  try {
    await deadLetters.send(JSON.stringify({ outbox: { ...letter, reason } }), reason);
    log('error', 'event put among the dead letters', { eventId, reason });
    return true;
  } catch (error) {
    log('error', 'dead letter not sent', { eventId, reason, error });
    return false;
  }
}

/** What a work still needs after a wave. One that is refused in one version goes away whole: sent again, it is published in all. */
function settle(work: RelayWork, settled: readonly SettledCopy[]): RelayWork | [] {
  const own = settled.filter((each) => each.work === work);
  const refused = own.map(({ outcome }) => outcome).find(({ kind }) => kind === 'refused');
  if (refused) return { ...work, copies: [], reason: `the bus refuses it: ${(refused as { code: string }).code}` };
  const isPublished = (copy: BusEvent) => own.some((each) => each.copy === copy && each.outcome.kind === 'published');
  const copies = work.copies.filter((copy) => !isPublished(copy));
  return copies.length === 0 && work.reason === undefined ? [] : { ...work, copies };
}
