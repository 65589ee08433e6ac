import { STATUS_CODES } from 'node:http';
import { findRoots, summarize, toTree } from './span-tree';
import type { Trace, Traces } from './traces';

export interface TracesAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const TRACES_PATH = '/_local/traces';

/** So many of the newest traces are listed. */
const MOST_LISTED = 100;

/** Answers `GET /_local/traces` and `GET /_local/traces/{traceId}`; the id is in X-Ray's form or in W3C's. */
export function answerTracesApi(traces: Traces, { method, path }: { method: string; path: string }): TracesAnswer {
  const id = path.slice(TRACES_PATH.length + 1);
  const trace = traces.find(id.toLowerCase().replace(/^1-([0-9a-f]{8})-([0-9a-f]{24})$/, '$1$2'));
  if (path !== TRACES_PATH && trace === undefined) {
    return problem(
      404,
      'NOT_FOUND',
      `there is no trace ${id}: it was never recorded, or newer ones have taken its place`,
    );
  }
  if (method !== 'GET') {
    return problem(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed; allowed is GET`, { allow: 'GET' });
  }
  if (trace === undefined) return json(200, { items: traces.list().slice(0, MOST_LISTED).map(toItem) });
  return json(200, { ...summarize(trace), spans: toTree(trace) });
}

function toItem(trace: Trace): object {
  const [root = trace[0]] = findRoots(trace).sort((one, other) => one.startedAt - other.startedAt);
  const hasFailed = trace.some(({ status }) => status === 'fault');
  return { ...summarize(trace), name: root?.name, spanCount: trace.length, status: hasFailed ? 'fault' : 'ok' };
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): TracesAnswer {
  const document = { type: 'about:blank', title: STATUS_CODES[status], status, detail, code };
  return json(status, document, { 'content-type': 'application/problem+json', ...headers });
}

function json(status: number, document: unknown, headers: Record<string, string> = {}): TracesAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) };
}
