import type { Delivery } from '../../../infra/local/delivery';
import {
  archiveArn,
  type EventBridge,
  eventBusArn,
  openEventBridge,
} from '../../../infra/local/event-bridge/event-bridge';
import { archiveName, eventBusName, ruleName } from '../../../lib/service/names';
import { countingStore } from './counting-store';
import type { Crossings } from './crossings';
import type { Forgeries } from './forgeries';
import { deadLetterArn, PLACE, queueArn, STAGE } from './place';
import type { Consumer, Queues } from './queues';
import { seededRandom } from './random';
import { serviceError } from './sdk-calls';
import type { SimulatedClock } from './simulated-clock';

type Wire = Record<string, unknown>;

/** An event that the bus has taken. */
export interface PublishedEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: { readonly metadata: Wire; readonly data: Wire };
  /** When, in epoch milliseconds. */
  readonly at: number;
}

/** The bus with the rules that bring events to the queues of their consumers. */
export interface Bus {
  /** All that it has taken, what was forged included. */
  readonly published: readonly PublishedEvent[];
  /** Deliveries of rules that are not made yet. */
  readonly pending: number;
  /** An operation of EventBridge, in the wire form. @throws {AwsError} */
  handle(operation: string, request: Wire): Promise<Wire>;
  /** Has all that it has taken so far sent to the rules once more. */
  replay(): Promise<void>;
  close(): Promise<void>;
}

export interface BusOptions {
  readonly clock: SimulatedClock;
  readonly seed: number;
  readonly crossings: Crossings;
  readonly queues: Queues;
  readonly forgeries: Forgeries;
  /** An event is lost: no rule is without a queue for its dead letters. */
  readonly onLoss: (error: unknown) => void;
}

const BUS_ARN = eventBusArn(PLACE, eventBusName(STAGE));

/** Longer than any delay of a delivery: only that it ends some time matters. */
const DELIVERY_ENDS_MS = 3_600_000;

/** Opens the bus. */
export function openBus(options: BusOptions): Bus {
  const { clock, seed, queues, onLoss } = options;
  const published: PublishedEvent[] = [];
  const store = countingStore((key) => (key.startsWith('pending/') ? 'pending' : undefined));
  const room = openEventBridge({
    ...{ store, clock, ...PLACE, random: seededRandom(seed) },
    deliver: (delivery) => deliver(options, delivery),
    sendToDeadLetterQueue: (arn, body) => queues.send(arn, body),
    onError: onLoss,
  });
  room.createEventBus({ name: eventBusName(STAGE) });
  room.createArchive({ ArchiveName: archiveName(STAGE), SourceArn: BUS_ARN });
  for (const consumer of queues.consumers) createRules(room, consumer);
  return {
    published,
    get pending() {
      return store.count('pending');
    },
    async handle(operation, request) {
      const answer = await room.handle(operation, request);
      if (operation === 'PutEvents') published.push(...takenOf(request, answer, clock.now()));
      return answer;
    },
    async replay() {
      await room.handle('StartReplay', {
        ReplayName: 'all',
        EventSourceArn: archiveArn(PLACE, archiveName(STAGE)),
        EventStartTime: 0,
        EventEndTime: Math.floor(clock.now() / 1000),
        Destination: { Arn: BUS_ARN },
      });
    },
    close: () => room.close(),
  };
}

/** One for each type, as the infrastructure makes them. */
function createRules(room: EventBridge, { service, handler, trigger }: Consumer): void {
  if (trigger.kind !== 'events') return;
  for (const { event } of trigger.consumes) {
    room.createRule({
      Name: ruleName(STAGE, service.name, event.type),
      EventBusName: eventBusName(STAGE),
      EventPattern: JSON.stringify({ source: [event.source], 'detail-type': [event.type] }),
      Targets: [
        {
          Id: 'queue',
          Arn: queueArn(service.name, handler),
          DeadLetterConfig: { Arn: deadLetterArn(service.name, handler) },
        },
      ],
    });
  }
}

/** Puts an event into the queue of a consumer. What is forged is there first. */
async function deliver({ crossings, queues, forgeries }: BusOptions, { targetArn, payload }: Delivery): Promise<void> {
  const event = JSON.parse(payload) as { 'detail-type': string };
  const to = queues.consumers.find(({ service, handler }) => queueArn(service.name, handler) === targetArn);
  await crossings.cross({
    call: {
      edge: 'rule',
      name: `${to?.service.name}/${to?.handler} ${event['detail-type']}`,
      phase: 'events',
      ...subjectOf(event),
    },
    carriesOut: ['forge'],
    perform: async (fate) => {
      if (fate.kind === 'forge') await queues.send(targetArn, forgeries.event(fate.as, payload));
      await queues.send(targetArn, payload);
    },
    toError: serviceError,
    timeLimitMs: DELIVERY_ENDS_MS,
  });
}

/** What an event is about, as a call says it. */
export function subjectOf(event: unknown): { readonly orderId?: string } {
  const { detail } = event as { detail?: { metadata?: { aggregateId?: unknown } } };
  const id = detail?.metadata?.aggregateId;
  return typeof id === 'string' ? { orderId: id } : {};
}

function takenOf({ Entries }: Wire, { Entries: answers }: Wire, at: number): PublishedEvent[] {
  const answered = answers as ReadonlyArray<{ ErrorCode?: string }>;
  return (Entries as Array<{ Source: string; DetailType: string; Detail: string }>)
    .filter((_, index) => answered[index]?.ErrorCode === undefined)
    .map(({ Source, DetailType, Detail }) => ({
      source: Source,
      type: DetailType,
      detail: JSON.parse(Detail) as PublishedEvent['detail'],
      at,
    }));
}
