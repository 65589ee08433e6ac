import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import { EventInvalidError, reasonOf, UnknownVersionError } from '../errors/event-errors';
import { type DeadLetters, openDeadLetters, wasDeadLetter } from '../events/aws-dead-letters';
import { check } from '../events/event-data';
import { parseEnvelope, type ReceivedEvent } from '../events/event-envelope';
import { log } from '../observability/log';
import { currentTraceparent, inSpan } from '../observability/tracing';
import {
  type EventsTrigger,
  type HandlersOf,
  type ServiceContract,
  type TriggerOf,
  triggerOf,
} from '../service/contract';
import type { DataOf, Subscription } from '../service/event-contract';
import { takeMessages } from './queue-messages';
import { traced } from './traced';

type SubscriptionOf<Contract extends ServiceContract, Name extends HandlersOf<Contract, EventsTrigger>> = TriggerOf<
  Contract,
  Name,
  EventsTrigger
>['consumes'][number];

/** What is done on each event that the contract names, by its type. Events come repeatedly and in any order. */
export type Reactions<Contract extends ServiceContract, Name extends HandlersOf<Contract, EventsTrigger>> = {
  readonly [Type in SubscriptionOf<Contract, Name>['event']['type']]: (
    event: EventOf<Extract<SubscriptionOf<Contract, Name>, { readonly event: { readonly type: Type } }>>,
  ) => Promise<void>;
};

type EventOf<S extends Subscription> = ReceivedEvent<DataOf<S['event'], S['version']>>;

type Reaction = (event: ReceivedEvent) => Promise<void>;

/** What became of a message that is not delivered again. */
type Outcome = 'handled' | 'otherCopy' | 'unknown' | 'deadLettered';

/**
 * Makes use cases a consumer of events, fed by its queue. Of an event that was published in several versions one copy is taken, and its
 * data made into the version that the contract names. A message that fails is delivered again, without its neighbours; one that can
 * never be taken (no event, broken data, later versions alone) goes to the dead letters after one look.
 */
export function eventHandler<const Contract extends ServiceContract, Name extends HandlersOf<Contract, EventsTrigger>>(
  contract: Contract,
  name: Name,
  reactions: Reactions<Contract, Name>,
  deadLetters: DeadLetters = openDeadLetters(),
) {
  const { consumes } = triggerOf<EventsTrigger>(contract, name, 'events');
  const consumer = { consumes, reactions: reactions as Readonly<Record<string, Reaction>>, deadLetters };
  const handle = async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const counts: Record<Outcome, number> = { handled: 0, otherCopy: 0, unknown: 0, deadLettered: 0 };
    const answer = await takeMessages(event, async (message) => {
      counts[await take(consumer, message)] += 1;
    });
    log('info', 'events taken', { counts: { ...counts, failed: answer.batchItemFailures.length } });
    return answer;
  };
  return traced(() => ({ name: `${contract.name}/${name}` }), middy(handle, { timeoutEarlyInMillis: 0 }));
}

interface Consumer {
  readonly consumes: readonly Subscription[];
  readonly reactions: Readonly<Record<string, Reaction>>;
  readonly deadLetters: DeadLetters;
}

async function take({ consumes, reactions, deadLetters }: Consumer, message: SQSRecord): Promise<Outcome> {
  const { body } = message;
  const read = readMessage(consumes, body);
  if (read.kind === 'event') {
    const reaction = reactions[read.event.type];
    if (!reaction) throw new Error(`there is no reaction to ${read.event.type}`);
    await react(read.event, reaction);
    return 'handled';
  }
  if (read.kind !== 'poison') return read.kind;
  const { reason } = read;
  const named = namesIn(body);
  try {
    await deadLetters.send(body, reason, wasDeadLetter(message));
  } catch (error) {
    // It comes again, and after some times goes there by itself.
    log('error', 'dead letter not sent', { reason, ...named, error });
    throw error;
  }
  log('error', 'message put among the dead letters', { reason, ...named });
  return 'deadLettered';
}

/** What can be read of a message that cannot be taken, to find it by: ids, which are no personal data. */
function namesIn(body: string): { eventId?: string; eventType?: string } {
  const { success, output } = v.safeParse(Named, tryJson(body));
  if (!success) return {};
  return { eventId: output.detail.metadata.id, eventType: output['detail-type'] };
}

const Name = v.pipe(v.string(), v.maxLength(300));
const Named = v.object({ 'detail-type': Name, detail: v.object({ metadata: v.object({ id: Name }) }) });

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Message =
  | { readonly kind: 'event'; readonly event: ReceivedEvent }
  | { readonly kind: 'otherCopy' | 'unknown' }
  | { readonly kind: 'poison'; readonly reason: string };

/** An event as EventBridge puts it into a queue. @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const BusMessage = v.object({ source: v.string(), 'detail-type': v.string(), detail: v.unknown() });

function readMessage(consumes: readonly Subscription[], body: string): Message {
  try {
    const { source, 'detail-type': type, detail } = check('the message', BusMessage, parseJson(body), 'message');
    const subscription = consumes.find(({ event }) => event.source === source && event.type === type);
    if (!subscription) return { kind: 'unknown' };
    const event = parseEnvelope(subscription, detail);
    return event === 'another copy' ? { kind: 'otherCopy' } : { kind: 'event', event };
  } catch (error) {
    if (error instanceof EventInvalidError || error instanceof UnknownVersionError) {
      return { kind: 'poison', reason: reasonOf(error) };
    }
    throw error;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new EventInvalidError('the message', ['it is not JSON']);
  }
}

/** In the trace of whoever emitted the event, and with its ids on every line of the log. */
function react(event: ReceivedEvent, reaction: Reaction): Promise<void> {
  const { id, type, correlationId, traceparent } = event;
  const invocation = currentTraceparent();
  const options = {
    kind: 'consumer',
    parent: traceparent,
    links: invocation === undefined ? [] : [invocation],
    attributes: { eventId: id, eventType: type, correlationId },
  } as const;
  return inSpan(`handle ${type}`, options, async () => {
    try {
      await reaction(event);
      log('info', 'event handled', { eventId: id, eventType: type });
    } catch (error) {
      log('error', 'event failed', { eventId: id, eventType: type, error });
      throw error;
    }
  });
}
