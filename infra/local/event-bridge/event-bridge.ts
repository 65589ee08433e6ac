/** The EventBridge room: buses with their rules and archives, and replays of what was archived. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Deliver } from '../delivery';
import { openRetriedDeliveries, type SendToDeadLetterQueue } from '../delivery-retry';
import type { KeyValueStore } from '../storage/key-value-store';
import { type ArchiveDefinition, openArchives } from './archives';
import { toErrorCode } from './error-code';
import { type BusEvent, toEvent } from './event';
import { type EventBus, getBus } from './event-bus';
import { DEFAULT_BUS, type Place } from './names';
import { type Backend, OPERATIONS } from './operations';
import { readEntries } from './put-events';
import { openReplays } from './replays';
import type { Body } from './request';
import { type Rule, type RuleDefinition, toRule } from './rule';

export { archiveArn, DEFAULT_BUS, eventBusArn, ruleArn, toBusName } from './names';
export type { RuleTarget } from './rule';

export interface EventBridgeOptions {
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  /** In [0, 1), for the jitter of retries; `Math.random` unless told. */
  readonly random?: () => number;
  readonly deliver: Deliver;
  /** `source` names the rule; a queue's own policy has to admit it, no role is assumed. */
  readonly sendToDeadLetterQueue: SendToDeadLetterQueue;
  /** Takes events that are dropped because they could not be delivered, and where to. */
  readonly onError: (error: unknown, what: string) => void;
}

/** The service of one account and region. The bus `default` is there from the beginning. */
export interface EventBridge {
  /** @throws {AwsError} `ResourceAlreadyExistsException` */
  createEventBus(bus: { readonly name: string }): void;
  /**
   * @throws {AwsError} `ResourceNotFoundException` for an unknown bus, `InvalidEventPatternException`
   * @throws {Error} when the name is taken, or a target is not valid
   */
  createRule(rule: RuleDefinition): void;
  /** @throws {AwsError} `ResourceNotFoundException` for an unknown bus, `InvalidEventPatternException` */
  createArchive(archive: ArchiveDefinition): void;
  /**
   * Takes an event that is delivered to a bus, such as by a rule of another one. It keeps its id and all else.
   *
   * @throws {AwsError} `ResourceNotFoundException` for an unknown bus, `ValidationException` when it is no event
   */
  receive(busArn: string, eventJson: string): Promise<void>;
  /**
   * Answers a request of the AWSEvents protocol. What PutEvents accepts is durable before it answers.
   *
   * @throws {AwsError} as the service does; `UnknownOperationException` for an operation that is not supported
   */
  handle(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Goes on with deliveries and replays that are in the store. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

export function openEventBridge(options: EventBridgeOptions): EventBridge {
  const { store, clock, region, accountId, random = Math.random, deliver, sendToDeadLetterQueue, onError } = options;
  const place: Place = { region, accountId };
  const buses = new Map<string, EventBus>([[DEFAULT_BUS, { name: DEFAULT_BUS, createdAtMs: clock.now() }]]);
  const rules = new Map<string, Rule>();
  const archives = openArchives(store, clock);
  const errorCodeOf = toErrorCode;
  const deliveries = openRetriedDeliveries({
    store,
    clock,
    random,
    deliver,
    sendToDeadLetterQueue,
    onError,
    errorCodeOf,
  });
  const replays = openReplays({ store, clock, archives, accept, onError });
  let isClosed = false;

  /** What the rules and archives of a bus make of events. A bus that does not exist has none. */
  function accept(busName: string, events: readonly BusEvent[], ruleArns?: readonly string[]) {
    const nowMs = clock.now();
    const active = [...rules.values()].filter(
      (rule) =>
        rule.busName === busName &&
        rule.definition.state === 'ENABLED' &&
        (ruleArns === undefined || ruleArns.includes(rule.arn)),
    );
    const { changes, start } = deliveries.prepare(
      events.flatMap((event) =>
        active.filter((rule) => rule.matches(event)).flatMap((rule) => rule.toDeliveries(event, nowMs)),
      ),
    );
    return { changes: [...changes, ...events.flatMap((event) => archives.toChanges(busName, event))], start };
  }

  async function putEvents(body: Body): Promise<Record<string, unknown>> {
    const entries = readEntries(body, clock.now()).map((entry) => ({ id: randomUUID() as string, entry }));
    const accepted = entries.flatMap(({ id, entry }) =>
      'ErrorCode' in entry ? [] : [accept(entry.busName, [toEvent(entry, id, place)])],
    );
    const changes = accepted.flatMap((one) => one.changes);
    if (changes.length > 0) await store.write(changes);
    for (const { start } of accepted) start();
    return {
      FailedEntryCount: entries.length - accepted.length,
      Entries: entries.map(({ id, entry }) => ('ErrorCode' in entry ? entry : { EventId: id })),
    };
  }

  const backend: Backend = { place, clock, buses, rules, archives, replays, putEvents };

  return {
    createEventBus({ name }) {
      if (buses.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
      buses.set(name, { name, createdAtMs: clock.now() });
    },
    createRule(definition) {
      const rule = toRule(definition, place);
      getBus(buses, rule.busName);
      if (rules.has(rule.arn)) throw new Error(`Rule ${definition.name} exists already on event bus ${rule.busName}`);
      rules.set(rule.arn, rule);
    },
    createArchive(definition) {
      getBus(buses, definition.eventBusName);
      archives.create(definition);
    },
    async receive(busArn, eventJson) {
      const { name } = getBus(buses, busArn);
      const { changes, start } = accept(name, [parseEvent(eventJson)]);
      if (changes.length > 0) await store.write(changes);
      start();
    },
    async handle(operation, body) {
      if (isClosed) throw new AwsError('ServiceUnavailable', 'EventBridge is shutting down', 503);
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (known === undefined) {
        const names = Object.keys(OPERATIONS).join(', ');
        throw new AwsError('UnknownOperationException', `the local EventBridge has no ${operation}; it has ${names}`);
      }
      const others = Object.keys(body).filter((member) => !known.members.includes(member));
      if (others.length > 0) {
        const message = `${operation} does not understand ${others.join(', ')} in the local cloud`;
        throw new AwsError('ValidationException', message);
      }
      return known.run(backend, body);
    },
    async resume() {
      await archives.resume();
      await deliveries.resume();
      await replays.resume();
    },
    async close() {
      isClosed = true;
      archives.close();
      await replays.close();
      await deliveries.close();
    },
  };
}

function parseEvent(eventJson: string): BusEvent {
  const event = JSON.parse(eventJson) as BusEvent;
  if (typeof event.id === 'string' && typeof event.detail === 'object') return event;
  throw new AwsError('ValidationException', `a bus takes events only, got ${eventJson.slice(0, 200)}`);
}
