import { randomUUID } from 'node:crypto';
import { fetchToken } from '../../infra/demo-data';
import { SCOPES } from '../../lib/service/contract';

/** An answer of the API, with its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface Call {
  /** Whose token is sent; `null` sends none. Default `alice`. */
  readonly sub?: string | null;
  readonly scope?: string;
  /** Sent as it is, instead of a fetched one. */
  readonly token?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the API, as anybody outside would write it. */
export class ApiClient {
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(readonly apiUrl: string) {}

  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...call.headers };
    const sub = call.sub === undefined ? 'alice' : call.sub;
    const token = call.token ?? (sub === null ? undefined : await this.token(sub, call.scope));
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (call.key !== undefined) headers['idempotency-key'] = call.key;
    const body = call.rawBody ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    if (call.body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(this.apiUrl + path, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  token(sub: string, scope = SCOPES.join(' ')): Promise<string> {
    const name = `${sub} ${scope}`;
    const known = this.tokens.get(name) ?? fetchToken(this.apiUrl, { sub, scope });
    this.tokens.set(name, known);
    return known;
  }

  async putStock(sku: string, onHand: number, unitPriceCents = 1200): Promise<void> {
    const body = { name: sku, unitPriceCents, currency: 'EUR', onHand };
    const answer = await this.call('PUT', `/v1/inventory/${sku}`, { body });
    if (answer.status > 201) throw new Error(`stock of ${sku}: ${answer.status} ${answer.text}`);
  }

  async stockOf(sku: string): Promise<{ onHand: number; reserved: number; available: number }> {
    return (await this.call('GET', `/v1/inventory/${sku}`)).json;
  }

  placeOrder(body: unknown, { key = randomUUID() as string, sub = 'alice' } = {}): Promise<Answer> {
    return this.call('POST', '/v1/orders', { sub, key, body });
  }
}

/** The body of an order of one line, with what a test wants different. */
export function orderBody({ sku = 'MUG-01', quantity = 1, token = 'tok_ok', postalCode = '10115' } = {}) {
  return {
    items: [{ sku, quantity }],
    payment: { token },
    shipTo: { name: 'Ada', line1: '1 High St', city: 'Berlin', postalCode, country: 'DE' },
  };
}
