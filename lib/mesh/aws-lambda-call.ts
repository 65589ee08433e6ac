import { awsRequest } from '../aws/aws-request';
import { systemClock } from '../clock';
import { requireEnv } from '../env';
import { ServiceUnavailableError } from '../errors/request-errors';
import { validate } from '../http/validate';
import { currentTraceHeader, inSpan } from '../observability/tracing';
import { ENV, functionName } from '../service/names';
import type { QueryRef } from './query-ref';

/** Calls operations of other services. */
export type CallService = <Input, Output>(
  ref: QueryRef<Input, Output>,
  input: Input,
  options: { readonly timeoutMs: number },
) => Promise<Output>;

/** Tries of one call: an operation reads, or bears to be repeated, so it may be when nothing or nothing certain came of it. */
const MAX_TRIES = 3;

/** The longest pause before the first repeat; it doubles. */
const FIRST_PAUSE_MS = 100;

/**
 * Calls an operation by invoking its function, whose name follows from the contract. The right to do so comes from the
 * caller's contract (`calls`). Throttling and lost connections are repeated within the time limit; a function's own error and
 * a time-out are not.
 *
 * @throws {ServiceUnavailableError} when it fails, does not answer in time, or answers something else than its contract says.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const callService: CallService = async <Input, Output>(
  ref: QueryRef<Input, Output>,
  input: Input,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Output> => {
  try {
    const name = functionName(requireEnv(ENV.stage), ref.service, ref.handler);
    const text = await inSpan(`${ref.service}/${ref.handler}`, { kind: 'client' }, () =>
      invoke(name, JSON.stringify(input), timeoutMs),
    );
    const output = validate(ref.trigger.output, JSON.parse(text), 'output');
    // Only where: what stands there may be personal, and errors are logged.
    if ('errors' in output) throw new Error(`${name} breaks its contract at ${output.errors.map(({ path }) => path)}`);
    return output.value as Output;
  } catch (error) {
    throw new ServiceUnavailableError(ref.service, error);
  }
};

async function invoke(name: string, body: string, timeoutMs: number): Promise<string> {
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const giveUpAt = systemClock.now() + timeoutMs;
  for (let tries = 1; ; tries += 1) {
    const leftMs = Math.max(1, giveUpAt - systemClock.now());
    const canRepeat = tries < MAX_TRIES && leftMs > FIRST_PAUSE_MS * 2 ** tries;
    const request = { service: 'lambda', path, body, timeoutMs: leftMs, headers: traceHeaders() };
    const response = await awsRequest(request).catch((error: unknown) => {
      const isTimeOut = error instanceof Error && error.name === 'TimeoutError';
      if (isTimeOut || !canRepeat) throw error;
      return undefined;
    });
    if (response?.status === 200 && !response.headers.get('x-amz-function-error')) return response.text();
    const isTransient = response === undefined || response.status === 429 || response.status >= 500;
    if (!isTransient || !canRepeat)
      throw new Error(`${name} answered ${response?.status}: ${(await response?.text())?.slice(0, 500)}`);
    await new Promise((resume) => setTimeout(resume, Math.random() * FIRST_PAUSE_MS * 2 ** tries));
  }
}

/** The function that is called goes on with the trace of this one, instead of beginning another. */
function traceHeaders(): Record<string, string> {
  const trace = currentTraceHeader();
  return trace === undefined ? {} : { 'x-amzn-trace-id': trace };
}
