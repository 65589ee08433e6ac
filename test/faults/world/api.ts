import type { ServiceContract } from '../../../lib/service/contract';
import { anApiEvent } from '../../lib/an-api-event';
import type { Fate, Garble } from '../fates';
import type { Crossings } from './crossings';
import type { Functions } from './functions';
import { garbled } from './garble';

/** A request of a client whose token the authorizer has accepted. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As the contract writes it, such as `/v1/orders/{orderId}`. */
  readonly route: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly customerId: string;
  readonly idempotencyKey?: string;
  readonly body?: object;
  readonly orderId?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer to a request that was broken on its way, and what it was. */
export interface RefusedRequest {
  readonly as: Garble;
  readonly answer: ApiAnswer;
}

/** The API as clients see it. */
export interface Api {
  /**
   * Sends a request once.
   *
   * @throws {Error} when no answer comes
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** What became of requests that were broken on their way. */
  readonly refused: readonly RefusedRequest[];
}

/** The largest request that the gateway takes; Lambda takes less. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** The API answers 504 after this time. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const API_TIMEOUT_MS = 29_000;

/** Makes the API of the contracts' routes. */
export function openApi(services: readonly ServiceContract[], functions: () => Functions, crossings: Crossings): Api {
  const refused: RefusedRequest[] = [];

  async function run(request: ApiRequest, body: object | undefined, fate: Fate): Promise<ApiAnswer> {
    const { orderId } = request;
    const { service, handler } = getHandler(services, request);
    const text = body === undefined ? null : JSON.stringify(body);
    if (text !== null && text.length > MAX_BODY_BYTES) return answerOf(413, 'Request Too Long');
    const event = eventOf(request, text);
    const outcome = await functions().invoke({ service, handler, event, phase: 'forward', orderId, fate });
    if (outcome.functionError !== undefined) return answerOf(502, 'Internal server error');
    const { statusCode, headers, body: answer } = JSON.parse(outcome.payload);
    return { status: statusCode, headers, body: answer };
  }

  return {
    refused,
    async send(request) {
      const { method, route, orderId, body } = request;
      getHandler(services, request);
      return crossings
        .cross({
          call: {
            edge: 'api',
            name: `${method} ${route}`,
            phase: 'forward',
            ...(orderId !== undefined && { orderId }),
          },
          carriesOut: body ? ['garble', 'crash', 'skew'] : ['crash', 'skew'],
          perform: async (fate) => {
            if (fate.kind !== 'garble') return run(request, body, fate);
            const { as = 'missing-member' } = fate;
            refused.push({ as, answer: await run(request, garbled(body ?? {}, as) as object, fate) });
            return run(request, body, fate);
          },
          toError: (error) => new Struck(answerOf(statusOf(error), error)),
          timeLimitMs: API_TIMEOUT_MS,
          toTimeOut: () => new Struck(answerOf(504, 'Endpoint request timed out')),
          describe: ({ status }) => String(status),
        })
        .catch((error: unknown) => {
          if (error instanceof Struck) return error.answer;
          throw error;
        });
    },
  };
}

function eventOf({ method, route, path, query, customerId, idempotencyKey }: ApiRequest, body: string | null) {
  const key = idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey };
  const headers = { 'content-type': 'application/json', ...key };
  return anApiEvent({
    method,
    resource: route,
    customerId,
    headers,
    ...(path && { path }),
    ...(query && { query }),
    body,
  });
}

function statusOf(error: string): number {
  return /^\d+$/.test(error) ? Number(error) : 500;
}

/** An answer of the gateway itself. */
class Struck extends Error {
  override readonly name: string;
  constructor(readonly answer: ApiAnswer) {
    super('struck');
    this.name = String(answer.status);
  }
}

function answerOf(status: number, message: string): ApiAnswer {
  return { status, headers: {}, body: JSON.stringify({ message }) };
}

/** @throws {Error} when no contract has the route */
function getHandler(services: readonly ServiceContract[], { method, route }: ApiRequest) {
  for (const service of services) {
    for (const [handler, { trigger }] of Object.entries(service.handlers)) {
      if (trigger.kind !== 'http') continue;
      if (trigger.routes.some((it) => it.method === method && it.path === route)) return { service, handler };
    }
  }
  throw new Error(`no contract has the route ${method} ${route}`);
}
