import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { StateError } from './state-error';

/** What the Lambda service answered: a payload, and with `functionError` set, the function's own failure in it. */
export type LambdaOutcome = { payload: string; functionError?: string; executedVersion?: string };

/** On whose behalf a task invokes: the machine's role, and the execution; and in which trace. */
export interface TaskCaller {
  roleArn: string;
  executionArn: string;
  /** `X-Amzn-Trace-Id` for the function. */
  traceHeader?: string;
}

/** Invokes a function and waits for its answer. Rejections with `AwsError` are errors of the service. */
export type InvokeLambda = (
  call: { functionNameOrArn: string; payload: string } & TaskCaller,
) => Promise<LambdaOutcome>;

/** Carries out one attempt of a task. */
export type RunTask = (taskArguments: unknown, caller: TaskCaller) => Promise<unknown>;

/**
 * The optimised integration `arn:aws:states:::lambda:invoke`: makes the task that invokes a function with
 * `{ FunctionName, Payload }` and answers `{ ExecutedVersion, Payload, StatusCode }`.
 *
 * The task throws a {@link StateError}: a function's error under its `errorType` (`Sandbox.Timedout` after its time limit),
 * or `Lambda.Unknown` when it has none; a service's as `Lambda.<Code>`; anything else, a service out of reach, as
 * `Lambda.SdkClientException`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function lambdaInvoke(invoke: InvokeLambda): RunTask {
  return async (taskArguments, caller) => {
    const { FunctionName, Payload } = taskArguments as { FunctionName: unknown; Payload?: unknown };
    if (typeof FunctionName !== 'string') {
      const what = "[The value for the field 'FunctionName' must be a STRING]";
      const cause = `The Parameters '${JSON.stringify(taskArguments)}' could not be used to start the Task: ${what}`;
      throw new StateError('States.Runtime', cause);
    }
    const payload = JSON.stringify(Payload === undefined ? {} : Payload);
    const call = { functionNameOrArn: FunctionName, payload, ...caller };
    const answer = await invoke(call).catch((error: unknown) => {
      throw serviceError(error);
    });
    if (answer.functionError !== undefined) throw functionError(answer.payload);
    const { executedVersion = '$LATEST' } = answer;
    return { ExecutedVersion: executedVersion, Payload: parsePayload(answer.payload), StatusCode: 200 };
  };
}

function functionError(payload: string): StateError {
  const { errorType } = (parsePayload(payload) ?? {}) as { errorType?: unknown };
  if (typeof errorType === 'string') return new StateError(errorType, payload);
  const what = 'The cause could not be determined because Lambda did not return an error type.';
  return new StateError('Lambda.Unknown', `${what} Returned payload: ${payload}`);
}

/**
 * The errors that `Invoke` declares. Step Functions gives each its own name and any other one, such as
 * `AccessDeniedException`, the general `Lambda.AWSLambdaException`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
const DECLARED_ERRORS =
  /^(EC2|EFS|ENI|KMS|SnapStart|Subnet|RequestTooLarge|Resource|RecursiveInvocation|Service|TooManyRequests|UnsupportedMediaType|Invalid(ParameterValue|RequestContent|Runtime|SecurityGroupID|SubnetID|ZipFile))\w*Exception$/;

function serviceError(error: unknown): StateError {
  if (!(error instanceof AwsError)) {
    return new StateError('Lambda.SdkClientException', error instanceof Error ? error.message : String(error));
  }
  const { code, status, message } = error;
  const service = `Service: AWSLambda; Status Code: ${status}; Error Code: ${code}`;
  const cause = `${message} (${service}; Request ID: ${randomUUID()}; Proxy: null)`;
  return new StateError(`Lambda.${DECLARED_ERRORS.test(code) ? code : 'AWSLambdaException'}`, cause);
}

/** A payload that is no JSON stays the text it is. */
function parsePayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
