/**
 * All that may be noted on a span: ids, names and numbers, as in the log. What is not in this list is not sent, whoever put it on
 * the span.
 */
const NAMES = [
  ...(['correlationId', 'causationId', 'orderId', 'sagaId', 'step', 'operation'] as const),
  ...(['eventId', 'eventType', 'eventVersion', 'sequence'] as const),
  ...(['code', 'errorName', 'status', 'attempt', 'count', 'failedCount', 'circuit'] as const),
];

/** What is noted on a span, by name. */
export type SpanAttributes = { readonly [Name in (typeof NAMES)[number]]?: string | number };

/** The attributes that may be shown. */
export function selectAttributes(attributes: Readonly<Record<string, unknown>>): SpanAttributes {
  const shown = NAMES.map((name) => [name, attributes[name]] as const);
  return Object.fromEntries(shown.filter(([, value]) => typeof value === 'string' || typeof value === 'number'));
}
