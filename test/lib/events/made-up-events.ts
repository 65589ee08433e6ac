import * as v from 'valibot';
import type { EmittedEntry } from '../../../lib/events/outbox';
import { defineService } from '../../../lib/service/contract';
import { defineEvent, nextVersion, on } from '../../../lib/service/event-contract';

const about = { source: 'lamps', aggregate: 'lampId' };

/** Three versions, of which 2 and 3 are live: grams became kilograms, and then got a name. */
export const lampSold = nextVersion(
  nextVersion(
    defineEvent(
      { ...about, type: 'lamp.sold', summary: 'A lamp is sold.' },
      v.object({ lampId: v.string(), grams: v.number() }),
    ),
    v.object({ lampId: v.string(), kilograms: v.number() }),
    { upcast: ({ lampId, grams }) => ({ lampId, kilograms: grams / 1000 }) },
  ),
  v.object({ lampId: v.string(), weight: v.object({ kilograms: v.number() }) }),
  {
    upcast: ({ lampId, kilograms }) => ({ lampId, weight: { kilograms } }),
    downcast: ({ lampId, weight }) => ({ lampId, kilograms: weight.kilograms }),
  },
);

export const lampLit = defineEvent(
  { ...about, type: 'lamp.lit', summary: 'A lamp is on.' },
  v.object({ lampId: v.string(), watts: v.number() }),
);

/** Tells both, and takes both: the one in the version before the newest. */
export const lamps = defineService({
  name: 'lamps',
  version: '1.0.0',
  summary: 'Sells lamps.',
  table: { partitionKey: 'lampId', stream: true },
  events: [lampSold, lampLit],
  handlers: {
    'relay-events': { trigger: { kind: 'relay', batchSize: 100 }, timeoutSeconds: 30 },
    'on-lamp': {
      trigger: { kind: 'events', consumes: [on(lampSold, 2), on(lampLit, 1)], batchSize: 10, maximumConcurrency: 2 },
      timeoutSeconds: 10,
    },
  },
});

export const AT = '2026-01-01T00:00:00.000Z';

/** A lamp that is lit, as it waits in its item. */
export function anEntry({
  lampId = 'l-1',
  sequence = 1,
  ...changes
}: { lampId?: string } & Partial<EmittedEntry> = {}) {
  const context = { correlationId: lampId, causationId: 'request/1' };
  return {
    type: 'lamp.lit',
    version: 1,
    occurredAt: AT,
    ...context,
    data: { lampId, watts: 7 },
    sequence,
    ...changes,
  } satisfies EmittedEntry;
}
