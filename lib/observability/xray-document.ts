import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { selectAttributes } from './span-attributes';
import { toXrayTraceId } from './trace-header';

/** What X-Ray does not take in a name: anything but letters, digits, spaces and `_.:/%&#=+\-@`. */
const NOT_IN_NAMES = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;
const MAX_NAME_LENGTH = 200;
const MAX_TEXT_LENGTH = 1_000;

/**
 * An ended span as X-Ray's document: a subsegment that is sent by itself and finds its place by `trace_id` and `parent_id`, or a
 * segment if it has no parent. What can be searched for are the annotations; links to other traces stand in the metadata, beside
 * the kind of span and the function that it ran in.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function toXrayDocument(span: ReadableSpan, service: string | undefined): Record<string, unknown> {
  const { traceId, spanId } = span.spanContext();
  const annotations = selectAttributes(span.attributes);
  const links = span.links.map(({ context }) => ({ trace_id: toXrayTraceId(context.traceId), id: context.spanId }));
  const { status, errorName } = annotations;
  const hasFailed = span.status.code === SpanStatusCode.ERROR || errorName !== undefined;
  const isCall = span.kind === SpanKind.CLIENT || span.kind === SpanKind.PRODUCER;
  return {
    name: span.name.replace(NOT_IN_NAMES, '').slice(0, MAX_NAME_LENGTH) || 'span',
    id: spanId,
    trace_id: toXrayTraceId(traceId),
    ...(span.parentSpanContext && { type: 'subsegment', parent_id: span.parentSpanContext.spanId }),
    start_time: toSeconds(span.startTime),
    end_time: toSeconds(span.endTime),
    ...(isCall && { namespace: 'remote' }),
    ...(typeof status === 'number' && { http: { response: { status } } }),
    ...toFailure(typeof status === 'number' ? status : undefined, hasFailed),
    annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name, limit(value)])),
    metadata: { span: { kind: SpanKind[span.kind].toLowerCase(), service, ...(links.length > 0 && { links }) } },
  };
}

/** By whom it failed, as X-Ray tells it: `error` is the caller's doing, `fault` the called one's. */
function toFailure(status: number | undefined, hasFailed: boolean): Record<string, true> {
  if (status === 429) return { error: true, throttle: true };
  if (status !== undefined && status >= 400 && status < 500) return { error: true };
  return hasFailed || (status !== undefined && status >= 500) ? { fault: true } : {};
}

function limit(value: string | number | undefined): string | number | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : value;
}

function toSeconds([seconds, nanoseconds]: HrTime): number {
  return seconds + Math.round(nanoseconds / 1e6) / 1_000;
}
