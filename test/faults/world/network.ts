import { AwsError } from '../../../infra/local/aws-error';
import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import type { ServiceContract } from '../../../lib/service/contract';
import type { Fate, Garble } from '../fates';
import { DiedError } from './died-error';
import type { Invocation } from './environment';
import type { Functions } from './functions';
import { garbled } from './garble';
import { describeOutcome, FunctionFailure, lambdaError } from './lambda-errors';
import { callQueues, type MessageCallsOptions, readStream } from './message-calls';
import { findHandler, SECRET } from './place';
import type { PlayedRequest } from './played-packages';
import { type PlayedResponse, respond, timeLimitOf } from './played-response';
import { urlEvent } from './url-event';

/** What functions reach by HTTPS: other functions, the secrets, queues and streams, outside parties. */
export interface NetworkOptions extends MessageCallsOptions {
  readonly services: readonly ServiceContract[];
  readonly functions: () => Functions;
  /** Is told of every Idempotency-Key that a party is sent, and what for. */
  readonly onKey: (what: string, key: string) => void;
}

/** Makes the network. */
export function openNetwork(options: NetworkOptions) {
  return async (invocation: Invocation, address: string, request: PlayedRequest): Promise<PlayedResponse> => {
    const url = new URL(address);
    if (url.hostname.startsWith('secretsmanager.')) return respond(200, JSON.stringify({ SecretString: SECRET }));
    if (url.hostname.startsWith('sqs.')) return callQueues(options, invocation, request);
    if (url.hostname.startsWith('streams.dynamodb.')) return readStream(options, request);
    if (url.hostname.startsWith('lambda.')) return invoke(options, invocation, url.pathname, request);
    return callParty(options, invocation, url, request);
  };
}

/** Another service's operation, by Lambda's Invoke. */
async function invoke(
  { services, functions, crossings }: NetworkOptions,
  invocation: Invocation,
  path: string,
  request: PlayedRequest,
): Promise<PlayedResponse> {
  const { service, handler } = findHandler(services, decodeURIComponent(path.split('/')[3] ?? ''));
  const { phase } = invocation;
  const input = JSON.parse(request.body ?? 'null') as { orderId?: string };
  const orderId = input.orderId ?? invocation.orderId;
  const run = (fate: Fate): Promise<LambdaOutcome> => {
    const event = fate.kind === 'garble' ? garbled(input, fate.as) : input;
    return functions().invoke({ service, handler, event, phase, orderId, fate });
  };
  try {
    const outcome = await crossings.cross({
      call: { edge: 'lambda', name: `${service.name}/${handler}`, phase, ...(orderId !== undefined && { orderId }) },
      perform: run,
      carriesOut: ['crash', 'skew', 'garble'],
      toError: lambdaError,
      ...timeLimitOf(request),
      describe: describeOutcome,
    });
    return respond(200, outcome.payload, outcome.functionError);
  } catch (error) {
    if (error instanceof AwsError) return respond(error.status, JSON.stringify({ message: error.message }));
    if (error instanceof FunctionFailure) return respond(200, error.outcome.payload, 'Unhandled');
    throw error;
  }
}

/** An outside party, played by the stand-in that its contract names. */
async function callParty(
  { services, functions, crossings, onKey }: NetworkOptions,
  invocation: Invocation,
  url: URL,
  request: PlayedRequest,
): Promise<PlayedResponse> {
  const role = url.hostname.split('.')[0] ?? '';
  const { service, handler } = findStandIn(services, role);
  const { phase, orderId } = invocation;
  const path = url.pathname.split('/').map((part) => (part === orderId ? '{reference}' : part));
  const name = `${role} ${request.method ?? 'GET'} ${path.join('/')}`;
  const key = request.headers?.['idempotency-key'];
  const reference = referenceOf(request) ?? orderId;
  if (key !== undefined && reference !== undefined) onKey(`${reference} ${name}`, key);
  try {
    return await crossings.cross({
      call: { edge: 'party', name, phase, ...(orderId !== undefined && { orderId }) },
      perform: async (fate) => {
        const event = urlEvent(url, fate.kind === 'garble' ? broken(request, fate.as) : request);
        const answer = toResponse(await functions().invoke({ service, handler, event, phase, orderId }));
        if (fate.kind !== 'crash') return answer;
        invocation.die();
        throw new DiedError();
      },
      carriesOut: ['garble', 'crash'],
      toError: (error) => (/^\d+$/.test(error) ? new StatusAnswer(Number(error)) : connectionLost(error)),
      ...timeLimitOf(request),
      describe: ({ status }) => String(status),
    });
  } catch (error) {
    if (error instanceof StatusAnswer) return respond(error.status, '{"message":"struck"}');
    throw error;
  }
}

/** What the party is asked about, where the body says so. */
function referenceOf({ body }: PlayedRequest): string | undefined {
  return body === undefined ? undefined : (JSON.parse(body) as { reference?: string }).reference;
}

function broken(request: PlayedRequest, as: Garble | undefined): PlayedRequest {
  return request.body ? { ...request, body: JSON.stringify(garbled(JSON.parse(request.body), as)) } : request;
}

function findStandIn(services: readonly ServiceContract[], role: string) {
  const party = services.map(({ parties }) => parties?.[role]).find((it) => it !== undefined);
  const service = services.find(({ name }) => name === party?.standIn.service);
  if (!party || !service) throw new Error(`nobody plays the party ${role}`);
  return { service, handler: party.standIn.handler };
}

/** An answer of the party itself, other than the one that it would give. */
class StatusAnswer extends Error {
  override readonly name: string;
  constructor(readonly status: number) {
    super(`answered ${status}`);
    this.name = String(status);
  }
}

function connectionLost(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html for the 502 of a function that fails */
function toResponse({ payload, functionError }: LambdaOutcome): PlayedResponse {
  if (functionError !== undefined) return respond(502, '{"message":"Internal Server Error"}');
  const { statusCode, body } = JSON.parse(payload) as { statusCode: number; body: string };
  return respond(statusCode, body);
}
