import type { EventsTrigger, ServiceContract, Trigger } from './contract';
import { type EventContract, liveVersions } from './event-contract';

/** An event with everybody who has to do with it. */
export interface EventLink {
  readonly contract: EventContract;
  /** The service that tells it. */
  readonly owner: string;
  readonly consumers: readonly EventConsumer[];
}

/** A handler that takes an event. */
export interface EventConsumer {
  readonly service: string;
  readonly handler: string;
  /** The version that it knows. */
  readonly version: number;
  /** The version of those published that it takes: the greatest that it knows. `undefined`: it knows none of them. */
  readonly takes: number | undefined;
}

/** Every event of the system, in the order of the services that tell them. */
export function listEventLinks(services: readonly ServiceContract[]): EventLink[] {
  return services.flatMap(({ name, events = [] }) =>
    events.map((contract) => ({ contract, owner: name, consumers: listConsumers(services, contract) })),
  );
}

/** The handlers with an `events` trigger, with what they take. */
export function listSubscriptions(services: readonly ServiceContract[]) {
  return services.flatMap(({ name, handlers }) =>
    Object.entries(handlers).flatMap(([handler, { trigger }]) =>
      (isEvents(trigger) ? trigger.consumes : []).map(({ event, version }) => ({
        service: name,
        handler,
        event,
        version,
      })),
    ),
  );
}

function listConsumers(services: readonly ServiceContract[], contract: EventContract): EventConsumer[] {
  const live = liveVersions(contract);
  return listSubscriptions(services)
    .filter(({ event }) => event.type === contract.type)
    .map(({ service, handler, version }) => ({
      service,
      handler,
      version,
      takes: live.findLast((published) => published <= version),
    }));
}

const isEvents = (trigger: Trigger): trigger is EventsTrigger => trigger.kind === 'events';
