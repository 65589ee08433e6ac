import { AwsError } from '../../../infra/local/aws-error';
import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import { failure } from './functions';

/** The failure of a function in place of its answer. */
export class FunctionFailure extends Error {
  override readonly name: string;
  readonly outcome: LambdaOutcome;
  constructor(errorType: string) {
    super(errorType);
    this.name = errorType;
    this.outcome = failure(errorType, 'struck');
  }
}

/** The statuses of Lambda's own errors. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
const STATUSES: Readonly<Record<string, number>> = {
  TooManyRequestsException: 429,
  ServiceException: 500,
  AWSLambdaException: 503,
  ResourceNotReadyException: 502,
  ResourceConflictException: 409,
};

/**
 * The error of an invocation by its name: of Lambda itself, such as `TooManyRequestsException` (also with `Lambda.` before it, as
 * Step Functions writes it), of a connection that is lost (`Lambda.SdkClientException`), otherwise of the function.
 */
export function lambdaError(name: string): Error {
  const code = name.replace(/^Lambda\./, '');
  const status = STATUSES[code];
  if (status !== undefined) return new AwsError(code, 'struck', status);
  if (code === 'SdkClientException') return Object.assign(new Error('the connection was lost'), { name: code });
  return new FunctionFailure(name);
}

/** How a line of the history puts what a function answered: its error by name. */
export function describeOutcome({ functionError, payload }: LambdaOutcome): string {
  return functionError === undefined ? 'ok' : String((JSON.parse(payload) as { errorType?: string }).errorType);
}
