import type { EndedSpan } from '../tracing';
import type { Trace } from './traces';

/** A span with those that it caused, in the order in which they began. */
export interface SpanNode extends Pick<EndedSpan, 'spanId' | 'name' | 'kind' | 'service' | 'status' | 'annotations'> {
  /** From the beginning of the trace, in milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly links: EndedSpan['links'];
  readonly children: readonly SpanNode[];
}

/** A trace as a whole. */
export interface TraceSummary {
  readonly traceId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the first beginning to the last end: what a span has set going may last longer than it does. */
  readonly durationMs: number;
}

/** When a trace began and how long it took. */
export function summarize(trace: Trace): TraceSummary {
  const startedAt = startOf(trace);
  return {
    traceId: trace[0]?.traceId ?? '',
    startedAt: new Date(startedAt).toISOString(),
    durationMs: toMs(Math.max(...trace.map(({ endedAt }) => endedAt)) - startedAt),
  };
}

/** The spans of a trace below those that caused them. Those whose cause is not known stand at the top. */
export function toTree(trace: Trace): SpanNode[] {
  const startedAt = startOf(trace);
  const inOrder = [...trace].sort((one, other) => one.startedAt - other.startedAt);
  const childrenOf = byParent(inOrder);
  const seen = new Set<string>();
  const toNode = (span: EndedSpan): SpanNode => {
    seen.add(span.spanId);
    const children = (childrenOf.get(span.spanId) ?? []).filter(({ spanId }) => !seen.has(spanId));
    return describe(span, startedAt, children.map(toNode));
  };
  const roots = findRoots(inOrder).map(toNode);
  // What is left are circles, which nobody but a faulty sender makes.
  for (const span of inOrder) if (!seen.has(span.spanId)) roots.push(toNode(span));
  return roots;
}

/** The spans whose cause is not known. */
export function findRoots(trace: Trace): EndedSpan[] {
  const known = new Set(trace.map(({ spanId }) => spanId));
  return trace.filter(({ parentId }) => parentId === undefined || !known.has(parentId));
}

function byParent(trace: Trace): Map<string, EndedSpan[]> {
  const children = new Map<string, EndedSpan[]>();
  for (const span of trace) {
    if (span.parentId === undefined) continue;
    const siblings = children.get(span.parentId) ?? [];
    siblings.push(span);
    children.set(span.parentId, siblings);
  }
  return children;
}

function describe(span: EndedSpan, traceStartedAt: number, children: readonly SpanNode[]): SpanNode {
  const { spanId, name, kind, service, status, annotations, links, startedAt, endedAt } = span;
  const times = { startMs: toMs(startedAt - traceStartedAt), durationMs: toMs(endedAt - startedAt) };
  return { name, kind, service, ...times, status, spanId, annotations, links, children };
}

function startOf(trace: Trace): number {
  return Math.min(...trace.map(({ startedAt }) => startedAt));
}

/** Epoch seconds with a fraction have lost some of it; a millisecond is what they are good for. */
function toMs(durationMs: number): number {
  return Math.round(durationMs);
}
