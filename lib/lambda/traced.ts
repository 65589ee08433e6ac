import type { Context } from 'aws-lambda';
import { inSpan, type SpanOptions } from '../observability/tracing';

/** The span of an invocation. */
export interface InvocationSpan extends Omit<SpanOptions, 'kind'> {
  /** What is done, such as `GET /v1/orders/{orderId}`. */
  readonly name: string;
}

/**
 * Makes every invocation of a handler a span, which all that it does and logs belongs to. `toSpan` gets whatever the function was
 * called with, before it is checked.
 */
export function traced<Event, Result>(
  toSpan: (event: Event) => InvocationSpan,
  handler: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return (event, context) => {
    const { name, ...options } = toSpan(event);
    return inSpan(name, { kind: 'server', ...options }, () => handler(event, context));
  };
}
