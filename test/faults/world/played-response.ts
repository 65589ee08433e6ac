import type { PlayedRequest } from './played-packages';

/** What of a response our code and its libraries read. */
export interface PlayedResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** A response with a text. */
export function respond(status: number, text: string, functionError?: string): PlayedResponse {
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => (name === 'x-amz-function-error' ? (functionError ?? null) : null) },
    body: (async function* () {
      if (text !== '') yield Buffer.from(text);
    })(),
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
  };
}

/** When a caller that has said how long it waits gives up, and what it gets then. */
export function timeLimitOf({ signal }: PlayedRequest) {
  const timeLimitMs = signal?.timeoutMs;
  if (timeLimitMs === undefined) return {};
  const toTimeOut = () =>
    Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' });
  return { timeLimitMs, toTimeOut };
}
