import { AwsError } from '../aws-error';

/** The ARN of a function, or of its version or alias `qualifier`. */
export function functionArn(
  place: { region: string; accountId: string },
  functionName: string,
  qualifier?: string,
): string {
  const arn = `arn:aws:lambda:${place.region}:${place.accountId}:function:${functionName}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/**
 * The plain name and the version or alias out of a name (`f`), an ARN or a partial ARN (`123456789012:function:f`), each with
 * or without a qualifier (`:$LATEST`, `:1`, `:live`).
 *
 * @throws {AwsError} `InvalidParameterValueException` for anything else.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName)
 */
export function parseFunctionName(nameOrArn: string): { functionName: string; qualifier: string | undefined } {
  const match = /^(?:(?:arn:[^:]+:lambda:[^:]*:)?\d{12}:function:)?([^:]+)(?::([^:]+))?$/.exec(nameOrArn);
  const [, functionName, qualifier] = match ?? [];
  if (functionName === undefined) {
    throw new AwsError(
      'InvalidParameterValueException',
      `FunctionName must be a name, an ARN or a partial ARN, got ${nameOrArn}`,
    );
  }
  return { functionName, qualifier };
}

/** The plain name of the function that a name or an ARN means, whatever its version or alias. */
export function toFunctionName(nameOrArn: string): string {
  return parseFunctionName(nameOrArn).functionName;
}
