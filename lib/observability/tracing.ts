/** One trace through everything: spans, and the headers by which they go on in the next part of the system. */
import {
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { systemClock } from '../clock';
import { findEnv } from '../env';
import { AppError } from '../errors/app-error';
import type { SpanAttributes } from './span-attributes';
import { parseTraceHeader, parseTraceparent, type TracePlace, toTraceHeader, toTraceparent } from './trace-header';
import { xrayProcessor } from './xray-processor';

/** What a span is beside its name. */
export interface SpanOptions {
  /** Which end of a call or of a message it is; `internal` unless told. */
  readonly kind?: Lowercase<keyof typeof SpanKind>;
  /** W3C `traceparent` of the span that brought it about, if that was elsewhere: it is in that one's trace then. */
  readonly parent?: string | undefined;
  /** W3C `traceparent`s of spans that have to do with it, such as the invocation in which a message is handled. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
}

const CORRELATION_ID = createContextKey('correlation id');

const processor = xrayProcessor();

// Not the process's own provider: where several functions run in one process, each has its ids and its time for itself.
const tracer = new BasicTracerProvider({
  idGenerator: {
    // X-Ray's traces begin with the second in which they began.
    generateTraceId: () =>
      Math.floor(systemClock.now() / 1000)
        .toString(16)
        .padStart(8, '0') + randomHex(3),
    generateSpanId: () => randomHex(2),
  },
  spanProcessors: [processor],
}).getTracer('holdfast');

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/**
 * Runs something as a span: a child of `parent`, else of the span that is active, else of what Lambda says of this invocation. It
 * ends when `run` does; an error is noted on it and thrown on. What is not within another span is sent, with all within it, before
 * this resolves.
 */
export async function inSpan<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T> {
  const around = surroundingsOf(options.parent);
  const { kind = 'internal', links = [], attributes = {} } = options;
  const span = tracer.startSpan(
    name,
    {
      kind: SpanKind[kind.toUpperCase() as keyof typeof SpanKind],
      links: links.flatMap((link) => parseTraceparent(link) ?? []).map((place) => ({ context: toSpanContext(place) })),
      attributes: { ...attributes },
      startTime: systemClock.now(),
    },
    around,
  );
  const { correlationId = around.getValue(CORRELATION_ID) } = attributes;
  const within = trace.setSpan(around, span).setValue(CORRELATION_ID, correlationId);
  const isOutermost = trace.getActiveSpan() === undefined;
  try {
    return await context.with(within, run);
  } catch (error) {
    note(span, error);
    throw error;
  } finally {
    span.end(systemClock.now());
    if (isOutermost) await processor.forceFlush();
  }
}

/** Adds to the span that is active, if any. */
export function annotate(attributes: SpanAttributes): void {
  trace.getActiveSpan()?.setAttributes({ ...attributes });
}

/** W3C `traceparent` of the span that is active, else of what Lambda says of this invocation. */
export function currentTraceparent(): string | undefined {
  const place = currentPlace();
  return place && toTraceparent(place);
}

/** The same in X-Ray's form: for `X-Amzn-Trace-Id`, for `TraceHeader` of an event, for `traceHeader` of an execution. */
export function currentTraceHeader(): string | undefined {
  const place = currentPlace();
  if (place === undefined) return undefined;
  // By the lineage Lambda finds functions that call themselves in a circle.
  // See https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
  const invocation = findEnv('_X_AMZN_TRACE_ID') ?? '';
  const [lineage = ''] =
    parseTraceHeader(invocation)?.traceId === place.traceId ? (/;Lineage=[^;]*/.exec(invocation) ?? []) : [];
  return toTraceHeader(place) + lineage;
}

/**
 * The id of the trace that this is in: 32 hexadecimal digits.
 *
 * @throws {Error} outside of any span and of any invocation that Lambda has told the trace of.
 */
export function currentTraceId(): string {
  const place = currentPlace();
  if (place === undefined) throw new Error('there is no trace outside of spans');
  return place.traceId;
}

/** Which trace this is, and which business process, as far as that is known. */
export function currentIds(): { readonly traceId?: string; readonly correlationId?: string } {
  const place = currentPlace();
  const correlationId = context.active().getValue(CORRELATION_ID);
  return {
    ...(place && { traceId: place.traceId }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

function currentPlace(): TracePlace | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined) return parseTraceHeader(findEnv('_X_AMZN_TRACE_ID'));
  const { traceId, spanId, traceFlags } = active;
  return { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

function surroundingsOf(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined && trace.getActiveSpan() !== undefined) return context.active();
  const place = parent ?? parseTraceHeader(findEnv('_X_AMZN_TRACE_ID'));
  return place ? trace.setSpanContext(ROOT_CONTEXT, toSpanContext(place)) : ROOT_CONTEXT;
}

function toSpanContext({ traceId, spanId, isSampled }: TracePlace) {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

/** What went wrong by its name alone: a message may have anything in it, and stands in the log, under the same trace. */
function note(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  const { name = 'Error' } = (error ?? {}) as { name?: string };
  span.setAttribute('errorName', name);
  if (error instanceof AppError) span.setAttributes({ code: error.code, status: error.status });
}

/** `words` times eight hexadecimal digits. */
function randomHex(words: number): string {
  const word = () => Math.floor(Math.random() * 2 ** 32);
  return Array.from({ length: words }, () => word().toString(16).padStart(8, '0')).join('');
}
