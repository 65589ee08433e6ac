import { annotate, currentTraceparent } from '../observability/tracing';
import type { PartyOutcome, PartyRequest } from './outside-party';

/** The longest answer that is read. The answers we know are below 1 KB. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** To whom a request goes, and until when. */
export interface Sending {
  /** Without a slash at its end. */
  readonly url: string;
  readonly secret: string;
  /** Ends the wait for the answer. */
  readonly signal: AbortSignal;
}

/** Sends one request, as JSON with a bearer secret and with W3C's `traceparent`. Never rejects: what goes wrong is `unknown`. */
export async function sendRequest(request: PartyRequest, { url, secret, signal }: Sending): Promise<PartyOutcome> {
  const { method, path, headers, body } = request;
  const traceparent = currentTraceparent();
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...headers,
        ...(traceparent !== undefined && { traceparent }),
        ...(body && { 'content-type': 'application/json' }),
        authorization: `Bearer ${secret}`,
      },
      // Followed, a redirect would repeat the call at an address that nobody has configured.
      redirect: 'manual',
      signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    annotate({ status: response.status });
    const text = await readText(response);
    if (response.status >= 500) return { kind: 'unknown', why: `answered ${response.status}` };
    return { kind: 'answered', status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    annotate({ errorName: (error as Error).name });
    return { kind: 'unknown', why: describeError(error) };
  }
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
export function describeError(error: unknown): string {
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  const { name, message, cause } = error as Error & { cause?: { message?: string } };
  return `${name}: ${message}${cause?.message === undefined ? '' : ` (${cause.message})`}`;
}
