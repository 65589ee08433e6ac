import type { HandlerContract, ServiceContract, Trigger } from './contract';

/** A handler that is given work without anybody waiting for its answer: what it cannot do becomes a dead letter. */
export interface Consumer {
  readonly service: string;
  readonly handler: string;
  readonly contract: HandlerContract;
}

const KINDS: ReadonlySet<Trigger['kind']> = new Set(['stream', 'relay', 'events', 'schedule']);

/** The consumers of services, in the order of the contracts. */
export function listConsumers(services: readonly ServiceContract[]): Consumer[] {
  return services.flatMap(({ name, handlers }) =>
    Object.entries(handlers)
      .filter(([, { trigger }]) => KINDS.has(trigger.kind))
      .map(([handler, contract]) => ({ service: name, handler, contract })),
  );
}
