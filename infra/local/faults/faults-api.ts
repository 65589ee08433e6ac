import { STATUS_CODES } from 'node:http';
import type { FaultRegister } from './faults';
import { type MemberProblem, parseFault } from './parse-fault';

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

const ROOT = '/_local/faults';

/** Answers one request: `POST`, `GET` and `DELETE` on the whole, `GET` and `DELETE` on one fault. */
export function answerFaultsApi(register: FaultRegister, request: FaultsRequest): FaultsAnswer {
  const { method, path } = request;
  if (path === ROOT) return answerWhole(register, request);
  const id = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : '';
  if (id === '' || register.find(id) === undefined) {
    return problem(404, 'NOT_FOUND', id === '' ? `there is nothing at ${path}` : `there is no fault ${id}`);
  }
  if (method === 'GET') return json(200, register.find(id));
  if (method !== 'DELETE') return notAllowed(method, 'GET, DELETE');
  register.remove(id);
  return noContent();
}

function answerWhole(register: FaultRegister, request: FaultsRequest): FaultsAnswer {
  switch (request.method) {
    case 'POST':
      return addFault(register, request);
    case 'GET':
      return json(200, { items: register.list() });
    case 'DELETE':
      register.clear();
      return noContent();
    default:
      return notAllowed(request.method, 'POST, GET, DELETE');
  }
}

function addFault(register: FaultRegister, { contentType = '', body }: FaultsRequest): FaultsAnswer {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    return problem(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type must be application/json, got ${contentType || 'nothing'}`,
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (error) {
    return problem(400, 'MALFORMED_BODY', `the body is not JSON: ${(error as Error).message}`);
  }
  const settings = parseFault(document);
  if (!('target' in settings)) return invalid(settings as readonly MemberProblem[]);
  const fault = register.add(settings);
  return json(201, fault, { location: `${ROOT}/${fault.id}` });
}

function invalid(errors: readonly MemberProblem[]): FaultsAnswer {
  const detail = errors.map(({ path, message }) => `${path || 'the body'} ${message}`).join('; ');
  return problem(400, 'INVALID_REQUEST', detail, { errors });
}

function notAllowed(method: string, allow: string): FaultsAnswer {
  const { status, headers, body } = problem(
    405,
    'METHOD_NOT_ALLOWED',
    `${method} is not allowed; allowed are ${allow}`,
  );
  return { status, headers: { ...headers, allow }, body };
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(status: number, code: string, detail: string, more: Record<string, unknown> = {}): FaultsAnswer {
  const document = { type: 'about:blank', title: STATUS_CODES[status], status, detail, code, ...more };
  return json(status, document, { 'content-type': 'application/problem+json' });
}

function json(status: number, document: unknown, headers: Record<string, string> = {}): FaultsAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) };
}

function noContent(): FaultsAnswer {
  return { status: 204, headers: {}, body: '' };
}
