/** The members of `AWS::Lambda::Permission`, as they are in the template once its references are resolved. */
export interface LambdaPermission {
  readonly Action?: unknown;
  readonly Principal?: unknown;
  readonly SourceArn?: unknown;
  readonly SourceAccount?: unknown;
  readonly FunctionUrlAuthType?: unknown;
  readonly InvokedViaFunctionUrl?: unknown;
}

/**
 * The policy that Lambda makes of a permission. `functionArn` is the function that it is given for.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function toFunctionPolicy(permission: LambdaPermission, functionArn: string): unknown {
  const { Action, Principal, SourceArn, SourceAccount, FunctionUrlAuthType, InvokedViaFunctionUrl } = permission;
  const isService = /\.amazonaws\.com$/.test(String(Principal));
  const tests = [
    ['StringLike', 'aws:SourceArn', SourceArn],
    ['StringEquals', 'aws:SourceAccount', SourceAccount],
    ['StringEquals', 'lambda:FunctionUrlAuthType', FunctionUrlAuthType],
    ['Bool', 'lambda:InvokedViaFunctionUrl', InvokedViaFunctionUrl],
  ] as const;
  const condition: Record<string, Record<string, unknown>> = {};
  for (const [operator, key, value] of tests) {
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: String(value) };
  }
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: isService ? { Service: Principal } : Principal === '*' ? '*' : { AWS: Principal },
        Action,
        Resource: functionArn,
        Condition: condition,
      },
    ],
  };
}
