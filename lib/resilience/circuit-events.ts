import * as v from 'valibot';
import type { AttributeValue } from '../circuit-breaker/circuit-store';
import { type Annotate, circuitTitle } from '../circuit-breaker/transition';
import { toTimestamp } from '../clock';
import { emit } from '../events/outbox';
import { defineEvent } from '../service/event-contract';
import { Integer, Timestamp } from '../service/schemas';

const Data = v.object({
  name: v.string(),
  /** One more with each change: tells two openings apart, and which came first. */
  epoch: Integer,
  cause: v.picklist(['failures', 'probe', 'operator']),
  /** In the window when it opened; 0 otherwise. */
  failures: Integer,
  /** When a probe may be sent; absent when it closed, or an operator keeps it open. */
  retryAt: v.optional(Timestamp),
});

export const circuitOpened = defineEvent(
  {
    source: 'circuits',
    type: 'circuit.opened',
    summary: 'A circuit lets no calls through any more: the party behind it is down, or an operator has said so.',
    aggregate: 'name',
  },
  Data,
);

export const circuitClosed = defineEvent(
  {
    source: 'circuits',
    type: 'circuit.closed',
    summary: 'A circuit lets calls through again.',
    aggregate: 'name',
  },
  Data,
);

/**
 * What is written with a transition so that the relay of the circuits tells of it: once for each epoch, since it is part of the write
 * that wins the epoch. A probe that failed changes nothing for anybody else, and is not told.
 */
export const announceTransition: Annotate = (transition) => {
  const { kind, epoch, cause, failures, at, retryAt } = transition;
  if (kind === 'reopened') return {};
  const name = circuitTitle(transition);
  const data = { name, epoch, cause, failures, ...(retryAt !== undefined && { retryAt: toTimestamp(retryAt) }) };
  const emission = { correlationId: name, causationId: `${name}/${epoch}`, now: at };
  const entry = emit(kind === 'opened' ? circuitOpened : circuitClosed, data, emission);
  // Its number is the epoch, which goes on where that of an item was that is gone: an id is never used again. An entry is JSON, which its
  // type leaves open.
  return { set: { _out: [entry as unknown as AttributeValue], _outSeq: epoch } };
};
