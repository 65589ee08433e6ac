import { AwsError } from '../aws-error';
import { StateError, stateErrors } from './state-error';

/** What the Lambda service answered: a payload, and with `functionError` set, the function's own failure in it. */
export type LambdaOutcome = { payload: string; functionError?: string; executedVersion?: string };

/** Invokes a function and waits for its answer. Rejections with `AwsError` are errors of the service. */
export type InvokeLambda = (functionArnOrName: string, payload: string) => Promise<LambdaOutcome>;

/**
 * The optimised integration `arn:aws:states:::lambda:invoke`: makes the task that invokes a function with
 * `{ FunctionName, Payload }` and answers `{ ExecutedVersion, Payload, StatusCode }`.
 *
 * The task throws a {@link StateError}: a function's error under its `errorType`, or `Lambda.Unknown` when it has
 * none; a service's as `Lambda.<Code>`; anything else, a service out of reach, as `Lambda.SdkClientException`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function lambdaInvoke(invoke: InvokeLambda): (taskArguments: unknown) => Promise<unknown> {
  return async (taskArguments) => {
    const { FunctionName, Payload } = taskArguments as { FunctionName: unknown; Payload?: unknown };
    if (typeof FunctionName !== 'string') {
      const what = "[The value for the field 'FunctionName' must be a STRING]";
      const cause = `The Parameters '${JSON.stringify(taskArguments)}' could not be used to start the Task: ${what}`;
      throw new StateError(stateErrors.runtime, cause);
    }
    const outcome = await invoke(FunctionName, JSON.stringify(Payload === undefined ? {} : Payload)).catch(
      (error: unknown) => {
        throw serviceError(error);
      },
    );
    if (outcome.functionError !== undefined) throw functionError(outcome.payload);
    return {
      ExecutedVersion: outcome.executedVersion ?? '$LATEST',
      Payload: parsePayload(outcome.payload),
      StatusCode: 200,
    };
  };
}

function functionError(payload: string): StateError {
  const { errorType } = (parsePayload(payload) ?? {}) as { errorType?: unknown };
  if (typeof errorType === 'string') return new StateError(errorType, payload);
  const what = 'The cause could not be determined because Lambda did not return an error type.';
  return new StateError('Lambda.Unknown', `${what} Returned payload: ${payload}`);
}

function serviceError(error: unknown): StateError {
  if (!(error instanceof AwsError)) {
    return new StateError('Lambda.SdkClientException', error instanceof Error ? error.message : String(error));
  }
  // A refused permission is none of the errors that the Lambda API declares: Step Functions gives it the general name.
  const name = error.code === 'AccessDeniedException' ? 'AWSLambdaException' : error.code;
  const where = `(Service: AWSLambda; Status Code: ${error.status}; Error Code: ${error.code})`;
  return new StateError(`Lambda.${name}`, `${error.message} ${where}`);
}

/** A payload that is no JSON stays the text it is. */
function parsePayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
