import { type GenericSchema, type InferOutput, safeParse } from 'valibot';
import { requireEnv } from '../env';
import { annotate, currentTraceparent, inSpan } from '../observability/tracing';
import { openSecret, type ReadSecret } from '../secrets/aws-secret';
import { ENV } from '../service/names';

/**
 * How long one call to an outside party may take, its answer included. A step makes two at most, one to act and one to look up
 * what became of it, in functions that have 20 seconds for these, their table and their secret. A healthy provider answers
 * in a fraction of it; one that is starting may take seconds, and giving up on it costs a look-up.
 */
export const CALL_TIMEOUT_MS = 5_000;

/** The longest answer that is read. The answers we know are below 1 KB. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface PartyRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash and is added to the party's URL. Parts that come from data must be percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * What came of a call: the party's answer, or `unknown` when nothing tells whether the call took effect: no answer in time,
 * a lost connection, a 5xx, an answer that is not JSON. `why` is for the log and holds nothing of the request's body.
 */
export type PartyOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unknown'; readonly why: string };

/** Calls an outside party once. Never repeats by itself: whether a repeat is safe, only the caller knows. */
export type CallParty = (request: PartyRequest) => Promise<PartyOutcome>;

/** Where an outside party is, and how it knows us. */
export interface PartyOptions {
  /** By what name it stands in traces. */
  readonly role: string;
  readonly url: string;
  readonly secret: ReadSecret;
  /** Default {@link CALL_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/** The outside party that the environment names for a role. Made once, at INIT. */
export function openParty(role: string): CallParty {
  const url = requireEnv(ENV.partyUrl(role));
  return callParty({ role, url, secret: openSecret(requireEnv(ENV.partySecretArn(role))) });
}

/**
 * Makes the caller of one party: JSON over HTTPS with a bearer secret, and with W3C's `traceparent`.
 *
 * @throws {Error} from the caller, when the secret cannot be read: nothing was sent then.
 */
export function callParty({ role, url, secret, timeoutMs = CALL_TIMEOUT_MS }: PartyOptions): CallParty {
  const base = url.replace(/\/+$/, '');
  const call = (request: PartyRequest, bearer: string) =>
    inSpan(`${request.method} ${role}`, { kind: 'client' }, () => send(base, request, bearer, timeoutMs));
  return async (request) => {
    const outcome = await call(request, await secret());
    if (outcome.kind !== 'answered' || outcome.status !== 401) return outcome;
    // The secret was changed since it was read. A 401 says that nothing was done, so the call may be repeated.
    return call(request, await secret('fresh'));
  };
}

async function send(base: string, request: PartyRequest, secret: string, timeoutMs: number): Promise<PartyOutcome> {
  const { method, path, headers, body } = request;
  const traceparent = currentTraceparent();
  try {
    const response = await fetch(base + path, {
      method,
      headers: {
        ...headers,
        ...(traceparent !== undefined && { traceparent }),
        ...(body && { 'content-type': 'application/json' }),
        authorization: `Bearer ${secret}`,
      },
      // Followed, a redirect would repeat the call at an address that nobody has configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    annotate({ status: response.status });
    const text = await readText(response);
    if (response.status >= 500) return { kind: 'unknown', why: `answered ${response.status}` };
    return { kind: 'answered', status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    annotate({ errorName: (error as Error).name });
    return { kind: 'unknown', why: describe(error) };
  }
}

/** The body of a 200 or 201, when it is what was agreed on; `undefined` for anything else. */
export function readAnswer<Schema extends GenericSchema>(
  schema: Schema,
  outcome: PartyOutcome,
): InferOutput<Schema> | undefined {
  if (outcome.kind !== 'answered' || (outcome.status !== 200 && outcome.status !== 201)) return undefined;
  const result = safeParse(schema, outcome.body);
  return result.success ? result.output : undefined;
}

/** The outcome in a few words for the log: why it is unknown, or the status. */
export function describeOutcome(outcome: PartyOutcome): string {
  return outcome.kind === 'unknown' ? outcome.why : `answered ${outcome.status}`;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` hides what went wrong in the cause. A text that is not JSON is not repeated: it may be anything. */
function describe(error: unknown): string {
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  const { name, message, cause } = error as Error & { cause?: { message?: string } };
  return `${name}: ${message}${cause?.message === undefined ? '' : ` (${cause.message})`}`;
}
