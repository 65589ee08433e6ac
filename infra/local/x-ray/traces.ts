import type { EndedSpan } from '../tracing';

/** More traces, or more spans in all of them, push the oldest traces out; more spans of one trace are not kept. */
export const LIMITS = { traces: 1_000, spans: 20_000, spansOfTrace: 2_000 };

/** The spans of one trace, in the order in which they came. */
export type Trace = readonly EndedSpan[];

/** The last traces, in memory. */
export class Traces {
  /** By trace id, the oldest trace first, then by span id. */
  private readonly traces = new Map<string, Map<string, EndedSpan>>();
  private count = 0;

  constructor(private readonly limits = LIMITS) {}

  /** Adds a span to its trace. One that came before under the same id is replaced. */
  add(span: EndedSpan): void {
    const spans = this.traces.get(span.traceId) ?? new Map<string, EndedSpan>();
    if (spans.size >= this.limits.spansOfTrace && !spans.has(span.spanId)) return;
    this.count += spans.has(span.spanId) ? 0 : 1;
    spans.set(span.spanId, span);
    this.traces.set(span.traceId, spans);
    while (this.traces.size > this.limits.traces || this.count > this.limits.spans) this.dropOldest();
  }

  find(traceId: string): Trace | undefined {
    const spans = this.traces.get(traceId);
    return spans && [...spans.values()];
  }

  /** All of them, the newest first. */
  list(): Trace[] {
    return [...this.traces.values()].map((spans) => [...spans.values()]).reverse();
  }

  private dropOldest(): void {
    const [oldest] = this.traces;
    if (oldest === undefined) return;
    this.count -= oldest[1].size;
    this.traces.delete(oldest[0]);
  }
}
