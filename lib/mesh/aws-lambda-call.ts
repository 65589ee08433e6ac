import { awsRequest } from '../aws/aws-request';
import { requireEnv } from '../env';
import { ServiceUnavailableError } from '../errors/request-errors';
import { validate } from '../http/validate';
import { ENV, functionName } from '../service/names';
import type { QueryRef } from './query-ref';

/** Calls operations of other services. */
export type CallService = <Input, Output>(
  ref: QueryRef<Input, Output>,
  input: Input,
  options: { readonly timeoutMs: number },
) => Promise<Output>;

/**
 * Calls an operation by invoking its function, whose name follows from the contract. The right to do so comes from the
 * caller's contract (`calls`).
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
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
    const response = await awsRequest({ service: 'lambda', path, body: JSON.stringify(input), timeoutMs });
    const text = await response.text();
    if (response.status !== 200 || response.headers.get('x-amz-function-error')) {
      throw new Error(`${name} answered ${response.status}: ${text.slice(0, 500)}`);
    }
    const output = validate(ref.trigger.output, JSON.parse(text), 'output');
    if ('errors' in output) throw new Error(`${name} breaks its contract: ${JSON.stringify(output.errors)}`);
    return output.value as Output;
  } catch (error) {
    throw new ServiceUnavailableError(ref.service, error);
  }
};
