import type { EndedSpan, SpanStatus } from '../tracing';

type Document = Readonly<Record<string, unknown>>;

/** What of the enclosing segment holds for the subsegments in it. */
type Around = Pick<EndedSpan, 'traceId' | 'parentId' | 'service'>;

/**
 * The spans of a segment document: itself and all subsegments in it. What has not ended yet is left out; it comes again when it
 * has.
 *
 * @throws {Error} that says what is wrong with the document.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function parseSegmentDocument(text: string): EndedSpan[] {
  const document = JSON.parse(text) as Document;
  const [, seconds, rest] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(String(document.trace_id)) ?? [];
  if (seconds === undefined || rest === undefined) throw new Error(`trace_id must be 1-8-24, got ${document.trace_id}`);
  const parent = typeof document.parent_id === 'string' ? { parentId: document.parent_id } : {};
  return toSpans(document, {
    traceId: seconds + rest,
    ...parent,
    service: serviceOf(document) ?? String(document.name),
  });
}

function toSpans(document: Document, around: Around): EndedSpan[] {
  const { id, name, start_time: start, end_time: end, subsegments = [] } = document;
  if (!/^[0-9a-f]{16}$/.test(String(id))) throw new Error(`id must be 16 hexadecimal digits, got ${id}`);
  if (typeof name !== 'string' || typeof start !== 'number') throw new Error('name and start_time are required');
  const spanId = String(id);
  const within = { traceId: around.traceId, parentId: spanId, service: around.service };
  const inner = (subsegments as Document[]).flatMap((one) => toSpans(one, within));
  if (typeof end !== 'number') return inner;
  const { kind, links } = metadataOf(document);
  const span: EndedSpan = {
    ...around,
    spanId,
    name,
    kind: String(kind ?? (document.namespace === undefined ? 'internal' : 'client')),
    startedAt: start * 1_000,
    endedAt: end * 1_000,
    status: statusOf(document),
    annotations: (document.annotations ?? {}) as EndedSpan['annotations'],
    links: ((links ?? []) as Document[]).map(toLink),
  };
  return [span, ...inner];
}

function statusOf({ error, fault, throttle }: Document): SpanStatus {
  if (fault === true) return 'fault';
  if (throttle === true) return 'throttle';
  return error === true ? 'error' : 'ok';
}

/** What a function tells beside what X-Ray has members for. */
function metadataOf({ metadata }: Document): Document {
  return (metadata as { span?: Document } | undefined)?.span ?? {};
}

function serviceOf(document: Document): string | undefined {
  const { service } = metadataOf(document);
  return typeof service === 'string' ? service : undefined;
}

function toLink({ trace_id: traceId, id }: Document): EndedSpan['links'][number] {
  return { traceId: String(traceId).split('-').slice(1).join(''), spanId: String(id) };
}
