import { STATUS_CODES } from 'node:http';
import type { Fault, FaultSettings } from './fault';
import { parseFault } from './parse-fault';

/** What the interface needs to know of a request. */
export interface FaultsRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body: string;
}

export interface FaultsAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** How the interface reads and changes the faults. */
export interface FaultRegister {
  list(): Fault[];
  add(settings: FaultSettings): Fault;
  /** Lifts one fault, or all. */
  remove(id?: string): void;
}

const ROOT = '/_local/faults';

/** Answers one request: `POST`, `GET` and `DELETE` on the whole, `GET` and `DELETE` on one fault. */
export function answerFaultsApi(register: FaultRegister, request: FaultsRequest): FaultsAnswer {
  const { method, path } = request;
  const fault = register.list().find(({ id }) => path === `${ROOT}/${id}`);
  if (path !== ROOT && fault === undefined) return problem(404, 'NOT_FOUND', `there is no fault at ${path}`);
  const lift = () => {
    register.remove(fault?.id);
    return { status: 204, headers: {}, body: '' };
  };
  const answers = new Map<string, () => FaultsAnswer>([
    ...(fault === undefined ? [['POST', () => addFault(register, request)] as const] : []),
    ['GET', () => json(200, fault ?? { items: register.list() })],
    ['DELETE', lift],
  ]);
  const answer = answers.get(method);
  if (answer !== undefined) return answer();
  const allow = [...answers.keys()].join(', ');
  return problem(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed; allowed are ${allow}`, {}, { allow });
}

function addFault(register: FaultRegister, { contentType = '', body }: FaultsRequest): FaultsAnswer {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    const detail = `Content-Type must be application/json, got ${contentType || 'nothing'}`;
    return problem(415, 'UNSUPPORTED_MEDIA_TYPE', detail);
  }
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (error) {
    return problem(400, 'MALFORMED_BODY', `the body is not JSON: ${(error as Error).message}`);
  }
  const { settings, errors } = parseFault(document);
  if (settings === undefined) {
    const detail = errors.map(({ path, message }) => `${path || 'the body'} ${message}`).join('; ');
    return problem(400, 'INVALID_REQUEST', detail, { errors });
  }
  const fault = register.add(settings);
  return json(201, fault, { location: `${ROOT}/${fault.id}` });
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(status: number, code: string, detail: string, more: object = {}, headers: object = {}): FaultsAnswer {
  const document = { type: 'about:blank', title: STATUS_CODES[status], status, detail, code, ...more };
  return json(status, document, { 'content-type': 'application/problem+json', ...headers });
}

function json(status: number, document: unknown, headers: object = {}): FaultsAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) };
}
