import { AwsError } from '../aws-error';

/** The ARN of a function. */
export function functionArn(place: { region: string; accountId: string }, functionName: string): string {
  return `arn:aws:lambda:${place.region}:${place.accountId}:function:${functionName}`;
}

/**
 * The plain name out of a name (`f`), an ARN or a partial ARN (`123456789012:function:f`), each with or without `:$LATEST`.
 *
 * @throws {AwsError} `ResourceNotFoundException` for a version or alias: the local cloud has `$LATEST` only.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName)
 */
export function toFunctionName(nameOrArn: string): string {
  const match = /^(?:(?:arn:[^:]+:lambda:[^:]*:)?\d{12}:function:)?([^:]+)(?::([^:]+))?$/.exec(nameOrArn);
  const [, name, qualifier = '$LATEST'] = match ?? [];
  if (name === undefined) {
    throw new AwsError(
      'InvalidParameterValueException',
      `FunctionName must be a name, an ARN or a partial ARN, got ${nameOrArn}`,
    );
  }
  if (qualifier !== '$LATEST') {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn} (only $LATEST exists)`, 404);
  }
  return name;
}
