/** The EventBridge room: buses with their rules and archives, and replays of what was archived. */
import { AwsError } from '../aws-error';
import { type DeliveringOptions, type NewDelivery, openRetriedDeliveries } from '../delivery-retry';
import { openTimetable } from '../timetable';
import { type Archive, type ArchiveDefinition, listArchived, toArchive, toArchiveChanges } from './archive';
import { toErrorCode } from './error-code';
import type { Arrival, BusEvent } from './event';
import { DEFAULT_BUS, toBusName } from './names';
import { OPERATIONS } from './operations';
import { readEntries } from './put-events';
import { openReplays } from './replays';
import { type Rule, type RuleDefinition, toRule } from './rule';

export type { ArchiveDefinition } from './archive';
export { archiveArn, DEFAULT_BUS, eventBusArn, ruleArn, toBusName } from './names';
export type { RuleDefinition, RuleTarget } from './rule';

/** The dead-letter queue's own policy has to admit the rule: no role is assumed for it. */
export interface EventBridgeOptions extends DeliveringOptions {
  readonly region: string;
  readonly accountId: string;
}

type Document = Record<string, unknown>;

/** The service of one account and region. The bus `default` is there from the beginning. */
export interface EventBridge {
  /** @throws {AwsError} `ResourceAlreadyExistsException` */
  createEventBus(bus: { readonly name: string }): void;
  /**
   * @throws {AwsError} `ResourceNotFoundException` for an unknown bus, `ResourceAlreadyExistsException`,
   *   `InvalidEventPatternException`, `ValidationException` for a schedule
   * @throws {Error} when it has neither pattern nor schedule, or a target is not valid
   */
  createRule(rule: RuleDefinition): void;
  /** @throws {AwsError} as for a rule */
  createArchive(archive: ArchiveDefinition): void;
  /**
   * Takes an event that is delivered to a bus, such as by a rule of another one. It keeps its id and all else.
   *
   * @throws {AwsError} `ResourceNotFoundException` for an unknown bus
   */
  receive(busArn: string, eventJson: string, trace?: Pick<Arrival, 'traceHeader'>): Promise<void>;
  /**
   * Answers a request of the AWSEvents protocol. What PutEvents accepts is durable before it answers. `traceHeader` is the
   * request's `X-Amzn-Trace-Id`.
   *
   * @throws {AwsError} as the service does; `UnknownOperationException` for an operation that is not supported
   */
  handle(operation: string, body: Document, request?: { readonly traceHeader?: string | undefined }): Promise<Document>;
  /** Starts the scheduled rules, and goes on with deliveries and replays that are in the store. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

export function openEventBridge({ region, accountId, ...options }: EventBridgeOptions): EventBridge {
  const { store, clock, onError } = options;
  const place = { region, accountId };
  const buses = new Map([[DEFAULT_BUS, {}]]);
  const rules = new Map<string, Rule>();
  const archives = new Map<string, Archive>();
  const deliveries = openRetriedDeliveries({ ...options, errorCodeOf: toErrorCode });
  const timetable = openTimetable({ ...options, deliveries });
  const replays = openReplays({ store, clock, archives, accept, onError });

  /** What rules and archives make of events. A bus that does not exist has none. */
  function accept(arrivals: readonly Arrival[], ruleArns?: readonly string[]) {
    const nowMs = clock.now();
    const active = [...rules.values()].filter(
      ({ arn, definition }) => definition.State !== 'DISABLED' && (ruleArns === undefined || ruleArns.includes(arn)),
    );
    const { changes, start } = deliveries.prepare(
      arrivals.flatMap(({ busName, event, traceHeader }) =>
        active
          .filter((rule) => rule.busName === busName && rule.matches(event))
          .flatMap((rule) => rule.toDeliveries(event, nowMs))
          .map((made) => (traceHeader === undefined ? made : withTrace(made, traceHeader))),
      ),
    );
    const archived = arrivals.flatMap((arrival) => toArchiveChanges([...archives.values()], arrival, nowMs));
    return { changes: [...changes, ...archived], start };
  }

  async function take(arrivals: readonly Arrival[]): Promise<void> {
    const { changes, start } = accept(arrivals);
    if (changes.length > 0) await store.write(changes);
    start();
  }

  async function putEvents(body: Document, traceHeader: string | undefined): Promise<Document> {
    const entries = readEntries(body, place, { nowMs: clock.now(), traceHeader });
    const accepted = entries.filter((entry) => 'event' in entry);
    await take(accepted);
    return {
      FailedEntryCount: entries.length - accepted.length,
      Entries: entries.map((entry) => ('event' in entry ? { EventId: entry.event.id } : entry)),
    };
  }

  function getBusName(nameOrArn: unknown): string {
    const name = toBusName(nameOrArn);
    if (buses.has(name)) return name;
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }

  return {
    createEventBus: ({ name }) => addNew(buses, name, {}, `Event bus ${name}`),
    createRule(definition) {
      const rule = toRule(definition, place);
      getBusName(rule.busName);
      addNew(rules, rule.arn, rule, `Rule ${definition.Name}`);
    },
    createArchive(definition) {
      const archive = toArchive(definition, clock.now());
      getBusName(archive.busName);
      addNew(archives, definition.ArchiveName, archive, `Archive ${definition.ArchiveName}`);
    },
    receive: async (busArn, eventJson, trace = {}) =>
      take([{ ...trace, busName: getBusName(busArn), event: JSON.parse(eventJson) as BusEvent }]),
    async handle(operation, body, { traceHeader } = {}) {
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (known === undefined) {
        const names = Object.keys(OPERATIONS).join(', ');
        throw new AwsError('UnknownOperationException', `the local EventBridge has no ${operation}; it has ${names}`);
      }
      const other = Object.keys(body).find((member) => !known.members.includes(member));
      if (other !== undefined) {
        throw new AwsError('ValidationException', `the local ${operation} does not understand ${other}`);
      }
      const backend = { place, store, clock, rules, archives, replays, getBusName };
      return known.run({ ...backend, putEvents: (entries) => putEvents(entries, traceHeader) }, body);
    },
    async resume() {
      for (const archive of archives.values()) await listArchived(store, clock, archive);
      await deliveries.resume();
      await replays.resume();
      for (const { schedule } of rules.values()) if (schedule) await timetable.begin(schedule);
    },
    async close() {
      await timetable.close();
      await replays.close();
      await deliveries.close();
    },
  };
}

function withTrace(made: NewDelivery, traceHeader: string): NewDelivery {
  return { ...made, delivery: { ...made.delivery, traceHeader } };
}

function addNew<T>(all: Map<string, T>, name: string, one: T, what: string): void {
  if (all.has(name)) throw new AwsError('ResourceAlreadyExistsException', `${what} already exists.`);
  all.set(name, one);
}
