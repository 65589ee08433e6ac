import type { Fate, Refused } from '../fates';
import { type Bus, subjectOf } from './bus';
import type { Crossings } from './crossings';
import { DiedError } from './died-error';
import type { Invocation, Surroundings } from './environment';
import type { Forgeries } from './forgeries';
import { noAnswer, type Retrying, serviceError, toSdkError, withSdkRetries } from './sdk-calls';

type Wire = Record<string, unknown>;
type Entry = Wire & { readonly Detail?: string };

/** The longest wait for one answer that the clients of EventBridge allow. */
const TIMEOUT_MS = 3_000;

/** What calls of EventBridge need. */
export interface BusCallsOptions {
  readonly crossings: Crossings;
  readonly bus: () => Bus;
  readonly forgeries: Forgeries;
  readonly retrying: (invocation: Invocation) => Retrying;
}

/** How the functions of a service call EventBridge. */
export function busCalls(service: string, options: BusCallsOptions): Surroundings['bus'] {
  const { crossings, retrying } = options;
  return (invocation, operation, request, maxAttempts) => {
    const entries = toEntries(request);
    const attempt = () =>
      crossings.cross({
        call: {
          edge: 'bus',
          name: `${service} ${operation}`,
          phase: invocation.phase,
          ...(entries[0] && subjectOf(eventOf(entries[0]))),
          isWrite: true,
        },
        perform: (fate) => carryOut(options, invocation, { operation, entries, fate }),
        carriesOut: ['crash', 'part', 'forge'],
        toError: (error) => toSdkError(serviceError(error)),
        timeLimitMs: TIMEOUT_MS,
        toTimeOut: noAnswer,
        describe: ({ FailedEntryCount: failed }) => (failed ? `${failed} refused` : 'ok'),
      });
    return withSdkRetries(attempt, retrying(invocation), maxAttempts);
  };
}

interface Operation {
  readonly operation: string;
  readonly entries: readonly Entry[];
  readonly fate: Fate;
}

async function carryOut(
  { bus, forgeries }: BusCallsOptions,
  invocation: Invocation,
  { operation, entries, fate }: Operation,
): Promise<Wire> {
  if (fate.kind === 'crash' && fate.afterWrites === 0) die(invocation);
  const [first] = entries;
  if (fate.kind === 'forge' && first) {
    const event = JSON.parse(forgeries.event(fate.as, JSON.stringify(eventOf(first)))) as ReturnType<typeof eventOf>;
    const forged = {
      ...first,
      Source: event.source,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
    };
    await bus().handle(operation, { Entries: [forged] });
  }
  const refused = fate.kind === 'part' ? new Set(refusedOf(entries, fate.refused)) : new Set<Entry>();
  const taken = entries.filter((entry) => !refused.has(entry));
  const answer = await put(bus(), operation, taken).catch((error: unknown) => {
    throw toSdkError(error);
  });
  if (fate.kind === 'crash') die(invocation);
  if (fate.kind !== 'part') return answer;
  const answers = [...(answer.Entries as unknown[])];
  const failure = { ErrorCode: fate.error, ErrorMessage: 'struck' };
  return {
    FailedEntryCount: Number(answer.FailedEntryCount) + refused.size,
    Entries: entries.map((entry) => (refused.has(entry) ? failure : answers.shift())),
  };
}

async function put(bus: Bus, operation: string, Entries: readonly Entry[]): Promise<Wire> {
  return Entries.length === 0 ? { FailedEntryCount: 0, Entries } : bus.handle(operation, { Entries });
}

function refusedOf(entries: readonly Entry[], refused: Refused): readonly Entry[] {
  if (refused === 'all') return entries;
  return refused === 'first' ? entries.slice(0, 1) : entries.slice(-1);
}

/** An entry as the event that its consumers get. */
function eventOf({ Source, DetailType, Detail }: Entry) {
  return { source: String(Source), 'detail-type': String(DetailType), detail: JSON.parse(String(Detail)) as Wire };
}

/** On the wire an instant is in epoch seconds. */
function toEntries({ Entries = [] }: Wire): Entry[] {
  return (Entries as Entry[]).map(({ Time, ...entry }) => ({
    ...entry,
    ...(Time instanceof Date && { Time: Time.getTime() / 1000 }),
  }));
}

/** The environment dies; nobody is left to hear of it. */
function die(invocation: Invocation): never {
  invocation.die();
  throw new DiedError();
}
