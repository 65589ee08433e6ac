import { services } from '../../functions/services';
import type { ServiceContract } from '../../lib/service/contract';
import type { StrikeRule } from './cells';
import {
  AFTER_THE_WINDOWS,
  after,
  again,
  before,
  crash,
  delay,
  FAILS,
  forge,
  HOUR_MS,
  late,
  MINUTE_MS,
  part,
  SECOND_MS,
  SILENCE,
  SOON,
  THROTTLES,
} from './fate-lists';

/** Consumers, and the queues for their dead letters. */
const CONSUMERS = new RegExp(services.flatMap(consumersOf).join('|'));

function consumersOf({ handlers }: ServiceContract): string[] {
  return Object.keys(handlers).filter((handler) => handlers[handler]?.trigger.kind === 'events');
}

const BUS = { edges: ['bus'] } as const;
const QUEUE = { edges: ['queue'] } as const;
const MINUTES_LATE = late(90 * SECOND_MS, 5 * MINUTE_MS, 12 * MINUTE_MS);

/** What each cell means, and how it is played, where events are told and reacted to (points 5 to 7). */
export const EVENT_STRIKES: Readonly<Record<string, StrikeRule>> = {
  'F1/5': { meaning: 'the relay cannot be called, or the bus takes nothing', fates: FAILS },
  'F1/6': {
    meaning: 'a queue does not take an event, or the rule may not put it there and gives it up at once',
    fates: before('500', '503', 'AccessDeniedException'),
  },
  'F1/7': {
    meaning: 'a consumer is down for an hour, and its messages are handed to it again and again',
    fates: before('500', 'Runtime.ExitError'),
    pace: 'outage',
    lastsMs: HOUR_MS,
    only: QUEUE,
  },
  'F2/5': {
    meaning:
      'the bus has taken events and the relay hears nothing; the relay has put them there and the stream hears nothing',
    fates: [SILENCE, ...after('500')],
  },
  'F2/6': { meaning: 'the queue has an event, and the bus hears of an error', fates: after('500', '503') },
  'F2/7': {
    meaning: 'a consumer has handled its messages, and the queue hears nothing',
    fates: [SILENCE],
    only: QUEUE,
  },
  'F5/5': { meaning: 'the relay gets records twice, or the bus a request', fates: SOON },
  'F5/6': { meaning: 'the bus puts an event into a queue twice', fates: SOON },
  'F5/7': { meaning: 'messages are handed to their consumer twice', fates: SOON, only: QUEUE },
  'F6/5': {
    meaning: 'the relay runs, or its request arrives, minutes after it was given up, behind what came after it',
    fates: MINUTES_LATE,
  },
  'F6/6': {
    meaning: 'events are in the queues minutes later than those that were told after them',
    fates: delay(MINUTE_MS, 4 * MINUTE_MS, 15 * MINUTE_MS),
  },
  'F6/7': {
    meaning: 'a consumer runs minutes after its messages were given up, and gets them again behind newer ones',
    fates: MINUTES_LATE,
    only: QUEUE,
  },
  'F7/5': {
    meaning: 'the bus is throttled: for a whole request, or for some of its entries while it answers 200',
    fates: [...THROTTLES, ...part('ThrottlingException')],
    only: BUS,
  },
  'F7/6': { meaning: 'a queue is throttled', fates: THROTTLES },
  'F7/7': { meaning: 'a consumer has no free environment, or its table or the sender is throttled', fates: THROTTLES },
  'F9/5': {
    meaning: 'an outbox that cannot be read comes with good ones, or somebody puts a broken event on the bus',
    fates: forge('no-data', 'wrong-type', 'version', 'type'),
    amid: FAILS,
    only: { names: /relay-events|PutEvents/ },
  },
  'F9/6': {
    meaning:
      'a broken event, a version or a type that nobody knows, or no JSON is in the queue in front of a good event',
    fates: forge('no-data', 'wrong-type', 'version', 'type', 'no-json'),
  },
  'F9/7': {
    meaning: 'poison is among the messages of a batch, and the queue for dead letters may not take it at once',
    fates: forge('no-data', 'wrong-type', 'version', 'type', 'no-json'),
    amid: FAILS,
    only: { edges: ['queue', 'bus'], names: CONSUMERS },
  },
  'F10/5': {
    meaning: 'the bus takes some events of a request, and others not',
    fates: part('InternalFailure', 'InternalException'),
    only: BUS,
  },
  'F10/7': {
    meaning: 'a consumer can handle some messages of a batch, and others not',
    fates: [...FAILS, SILENCE],
    only: { edges: ['table', 'party'] },
  },
  'F11/5': {
    meaning: 'the relay dies before it has put events on the bus, or after, before the stream knows',
    fates: crash(0, 1),
  },
  'F11/7': {
    meaning: 'a consumer dies before, between or after its writes and its call of the sender',
    fates: crash(0, 1, 2),
  },
  'F13/7': {
    meaning: 'an event comes once more minutes, hours or a day later, and in the meantime all are replayed',
    fates: [...AFTER_THE_WINDOWS, ...again(2 * HOUR_MS)],
    only: { edges: ['rule', 'queue'] },
  },
  'F17/6': {
    meaning: 'the queue answers 500 and has the event; asked again, it answers well',
    fates: after('500', '503'),
    pace: 'once',
  },
  'F17/7': {
    meaning: 'the sender answers 500 and has the message; asked again, it answers well',
    fates: after('500', '503'),
    pace: 'once',
    only: { edges: ['party'] },
  },
  'F18/7': {
    meaning: 'events of 900 KB, of deep JSON, with negative numbers or odd characters are among the messages',
    fates: forge('huge', 'deep', 'negative', 'unicode'),
    only: QUEUE,
  },
};
