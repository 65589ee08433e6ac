/** The traces of what the parts of the local cloud do, and how a trace goes on from one part to the next. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';

/** As X-Ray tells it: `error` is the caller's doing, `fault` that of what was called. */
export type SpanStatus = 'ok' | 'error' | 'throttle' | 'fault';

/** A span that has ended. Instants are epoch milliseconds. */
export interface EndedSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  /** `server`, `client`, `producer`, `consumer` or `internal`. */
  readonly kind: string;
  /** Which service of AWS did it, or which function. */
  readonly service: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: SpanStatus;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  /** Spans of other traces that have to do with it. */
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>;
}

/** What is known of a span when it begins. */
export interface SpanOpening extends Pick<EndedSpan, 'name' | 'service' | 'kind'> {
  /** `X-Amzn-Trace-Id` of whoever caused it; without one, or with one that cannot be read, it begins a trace. */
  readonly traceHeader?: string | undefined;
  readonly annotations?: EndedSpan['annotations'];
  /** `X-Amzn-Trace-Id`s of spans that have to do with it. */
  readonly links?: readonly string[];
  /** Default: now. */
  readonly startedAt?: number;
  /** 16 hexadecimal digits; random unless told. */
  readonly spanId?: string;
}

/** A span under way. */
export interface OpenSpan {
  /** `X-Amzn-Trace-Id` for what is done within it. */
  readonly traceHeader: string;
  /** Records it, unless its trace is not to be recorded. */
  end(status?: SpanStatus): void;
}

/** Begins spans. */
export type BeginSpan = (opening: SpanOpening) => OpenSpan;

/** Begins spans that `record` gets when they have ended. */
export function openTracing(clock: Clock, record: (span: EndedSpan) => void = () => undefined): BeginSpan {
  return ({ traceHeader, links = [], annotations = {}, startedAt = clock.now(), spanId = newSpanId(), ...what }) => {
    const place = parseTraceHeader(traceHeader) ?? { traceId: newTraceId(startedAt), isSampled: true };
    const { traceId, parentId, isSampled } = place;
    return {
      traceHeader: toTraceHeader({ traceId, parentId: spanId, isSampled }),
      end(status = 'ok') {
        if (!isSampled) return;
        const linked = links.map(parseTraceHeader).flatMap((link) => {
          return link?.parentId === undefined ? [] : [{ traceId: link.traceId, spanId: link.parentId }];
        });
        const times = { startedAt, endedAt: clock.now() };
        const parent = parentId === undefined ? {} : { parentId };
        record({ ...what, ...parent, ...times, traceId, spanId, status, annotations, links: linked });
      },
    };
  };
}

/** Runs something as a span; what it throws is a fault, and what it gives back is one if `hasFailed` says so. */
export async function inSpan<T>(
  span: OpenSpan,
  run: (traceHeader: string) => Promise<T>,
  hasFailed: (result: T) => boolean = () => false,
): Promise<T> {
  try {
    const result = await run(span.traceHeader);
    span.end(hasFailed(result) ? 'fault' : 'ok');
    return result;
  } catch (error) {
    span.end('fault');
    throw error;
  }
}

/** What a status of HTTP says of the span that answered with it. */
export function statusOfAnswer(status: number): SpanStatus {
  if (status >= 500) return 'fault';
  if (status === 429) return 'throttle';
  return status >= 400 ? 'error' : 'ok';
}

/** What `X-Amzn-Trace-Id` says. */
export interface TracePlace {
  readonly traceId: string;
  readonly parentId?: string | undefined;
  /** Everything is recorded but what the caller wants not to be. */
  readonly isSampled: boolean;
}

/**
 * Reads the header; `undefined` when it has no `Root` of X-Ray's form.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseTraceHeader(header = ''): TracePlace | undefined {
  const [, seconds, rest] = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/.exec(header) ?? [];
  if (seconds === undefined || rest === undefined) return undefined;
  const [, parentId] = /;\s*Parent=([0-9a-f]{16})(?:;|$)/.exec(header) ?? [];
  return { traceId: seconds + rest, parentId, isSampled: !/;\s*Sampled=0/.test(header) };
}

/** The header for what is done within the span `parentId`, or by somebody unknown in the trace. */
export function toTraceHeader({ traceId, parentId, isSampled }: TracePlace): string {
  const parent = parentId === undefined ? '' : `;Parent=${parentId}`;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)}${parent};Sampled=${isSampled ? 1 : 0}`;
}

/** The header of a trace that begins here. */
export function newTraceHeader(now: number, isSampled: boolean): string {
  return toTraceHeader({ traceId: newTraceId(now), isSampled });
}

/** A span id that nobody else has. */
export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return seconds + randomBytes(12).toString('hex');
}
