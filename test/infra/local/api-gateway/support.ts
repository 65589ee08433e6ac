import type { HttpAnswer, HttpRequest } from '../../../../infra/local/api-gateway/http-message';
import { openRestApi, type RestApi, type RestApiOptions } from '../../../../infra/local/api-gateway/rest-api';
import type { Clock } from '../../../../infra/local/clock';
import { memoryStore } from '../../../support/memory-store';

export const NOW = Date.UTC(2026, 10, 24, 5, 38, 0);
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:answer';
const FAILURES = 'failures';
export const AUTHORIZER_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:authorize';

/** A clock that moves only when told. */
export class FakeClock implements Clock {
  private nowMs = NOW;
  private waiting: Array<{ atMs: number; action: () => void }> = [];

  now = () => this.nowMs;

  after = (delayMs: number, action: () => void) => {
    const entry = { atMs: this.nowMs + delayMs, action };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  };

  /** How many timers are running. */
  get timers(): number {
    return this.waiting.length;
  }

  advance(byMs: number): void {
    this.nowMs += byMs;
    const due = this.waiting.filter(({ atMs }) => atMs <= this.nowMs);
    this.waiting = this.waiting.filter(({ atMs }) => atMs > this.nowMs);
    for (const { action } of due) action();
  }
}

export function uriOf(functionArn: string): string {
  return `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** A method that the function answers, with further members of its operation. */
export function operation(more: object = {}, integration: object = {}): object {
  const proxy = { type: 'aws_proxy', httpMethod: 'POST', uri: uriOf(FUNCTION_ARN), ...integration };
  return { ...more, 'x-amazon-apigateway-integration': proxy };
}

export function bodyOf(paths: object, more: object = {}): RestApiOptions['definition']['body'] {
  return { openapi: '3.0.1', paths, ...more } as RestApiOptions['definition']['body'];
}

export function requestOf(target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const [method = '', url = ''] = target.split(' ');
  const [rawPath = '', rawQueryString = ''] = url.split('?');
  const headers = { Host: ['api.example.test:3000'], 'User-Agent': ['tests'] };
  return { method, rawPath, rawQueryString, headers, body: Buffer.alloc(0), sourceIp: '203.0.113.9', ...more };
}

/** The outcome of a function that returns `value`. */
export function returns(value: unknown): { payload: string } {
  return { payload: JSON.stringify(value) };
}

/** The outcome of a function that throws. */
export function throws(errorMessage: string): { payload: string; functionError: string } {
  return { payload: JSON.stringify({ errorType: 'Error', errorMessage, trace: [] }), functionError: 'Unhandled' };
}

/** An event as the function got it, with the members that tests look into. */
interface RecordedEvent {
  headers: Record<string, string>;
  requestContext: { authorizer?: unknown };
  [member: string]: unknown;
}

export interface ApiUnderTest {
  api: RestApi;
  clock: FakeClock;
  /** Every invocation, in order. */
  invocations: Array<{ functionArn: string; event: RecordedEvent }>;
  /** The trace header that came with each of them. */
  traces: string[];
  /** Why integrations and authorizers failed; only without an access log of its own. */
  failures: string[];
  /** Each line with the log group that it is for. */
  accessLog: Array<{ logGroupArn: string; line: string }>;
}

type Answer = () => unknown;

/** An API whose functions answer as `answers` says (200 and `{}` unless told); what they got is recorded. */
export function apiOf(
  body: RestApiOptions['definition']['body'],
  more: Partial<Omit<RestApiOptions, 'definition'>> & {
    answers?: Record<string, Answer>;
    gatewayResponses?: RestApiOptions['definition']['body']['x-amazon-apigateway-gateway-responses'];
    usagePlans?: RestApiOptions['definition']['usagePlans'];
    stage?: Partial<RestApiOptions['definition']['stage']>;
  } = {},
): ApiUnderTest {
  const { answers = {}, gatewayResponses, usagePlans = [], stage = {}, ...options } = more;
  const clock = new FakeClock();
  const records = {
    invocations: [] as ApiUnderTest['invocations'],
    traces: [] as string[],
    failures: [] as string[],
    accessLog: [] as ApiUnderTest['accessLog'],
  };
  const document = { ...body, ...(gatewayResponses && { 'x-amazon-apigateway-gateway-responses': gatewayResponses }) };
  const definition = { restApiId: 'api1', stageName: 'dev', body: document, usagePlans };
  const accessLog = { logGroupArn: FAILURES, format: '$context.integrationErrorMessage$context.authorizer.error' };
  let ids = 0;
  const api = openRestApi({
    definition: { ...definition, stage: { tracingEnabled: true, methodSettings: [], accessLog, ...stage } },
    clock,
    region: 'eu-west-1',
    accountId: '111122223333',
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    store: memoryStore(),
    isInvokable: () => true,
    onAccessLog: (logGroupArn, line) => {
      if (logGroupArn !== FAILURES) records.accessLog.push({ logGroupArn, line });
      else if (line !== '--') records.failures.push(line);
    },
    invokeLambda: async (functionArn, payload, traceHeader) => {
      records.traces.push(traceHeader);
      records.invocations.push({ functionArn, event: JSON.parse(payload) });
      const answer = answers[functionArn] ?? (() => returns({ statusCode: 200, body: '{}' }));
      return answer() as { payload: string };
    },
    ...options,
  });
  return { api, clock, ...records };
}

export function textOf(answer: HttpAnswer): string {
  return answer.body.toString('utf8');
}
