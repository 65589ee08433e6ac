/** Where in which trace something happens: W3C's ids, in lower-case hexadecimal. */
export interface TracePlace {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly isSampled: boolean;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])$/;
const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;
const PARENT = /;\s*Parent=([0-9a-f]{16})/;

/**
 * Reads a W3C `traceparent`; `undefined` for what is none.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(traceparent: string | undefined): TracePlace | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
}

/** The place as a W3C `traceparent`. */
export function toTraceparent({ traceId, spanId, isSampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/**
 * Reads X-Ray's header, in which the same trace id stands with its parts apart: `Root=1-5759e988-bd862e3fe1be46a994272793`. Where
 * `Parent` is missing, a span that nobody knows takes its place. `undefined` without `Root`.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseTraceHeader(header: string | undefined): TracePlace | undefined {
  const [, seconds, rest] = ROOT.exec(header ?? '') ?? [];
  if (seconds === undefined || rest === undefined) return undefined;
  const [, spanId = rest.slice(-16)] = PARENT.exec(header ?? '') ?? [];
  // Who has not decided sends no decision, or a question mark.
  return { traceId: seconds + rest, spanId, isSampled: !/;\s*Sampled=0/.test(header ?? '') };
}

/** X-Ray's header in the form of a W3C `traceparent`; `undefined` for a header without a trace. */
export function headerToTraceparent(header: string | undefined): string | undefined {
  const place = parseTraceHeader(header);
  return place && toTraceparent(place);
}

/** The place as X-Ray's header: what Lambda, Step Functions, EventBridge and SQS take and hand on. */
export function toTraceHeader({ traceId, spanId, isSampled }: TracePlace): string {
  return `Root=${toXrayTraceId(traceId)};Parent=${spanId};Sampled=${isSampled ? 1 : 0}`;
}

/** `1-5759e988-bd862e3fe1be46a994272793` for the trace id `5759e988bd862e3fe1be46a994272793`. */
export function toXrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}
