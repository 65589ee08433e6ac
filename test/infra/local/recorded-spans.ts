import type { Clock } from '../../../infra/local/clock';
import { type EndedSpan, openTracing } from '../../../infra/local/tracing';

export const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
export const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';
export const PARENT = '53995c3f42cd8ad8';
/** What a caller within a trace sends. */
export const TRACE_HEADER = `${ROOT};Parent=${PARENT};Sampled=1`;

/** What a room needs to begin spans, and those that ended. */
export function recordSpans(clock: Clock) {
  const spans: EndedSpan[] = [];
  return { spans, beginSpan: openTracing(clock, (span) => spans.push(span)) };
}
