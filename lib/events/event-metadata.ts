import * as v from 'valibot';

/** An id or another short text of an event: 1 to 1,024 characters. */
export const EventText = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

const Count = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What every event carries beside its data. */
export const EventMetadata = v.object({
  id: EventText,
  version: Count,
  versions: v.optional(v.pipe(v.array(Count), v.minLength(1), v.maxLength(100))),
  occurredAt: v.pipe(v.string(), v.isoTimestamp()),
  traceparent: v.optional(EventText),
  correlationId: EventText,
  causationId: EventText,
  aggregateId: EventText,
  sequence: Count,
});
