/**
 * The policy that Lambda makes of a permission, given as it is in the template. `functionArn` is the function that it is
 * given for.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function toFunctionPolicy(permission: Readonly<Record<string, unknown>>, functionArn: string): unknown {
  const { Action, Principal, SourceArn, SourceAccount, FunctionUrlAuthType, InvokedViaFunctionUrl } = permission;
  const isService = String(Principal).endsWith('.amazonaws.com');
  const Condition = {
    StringLike: given({ 'aws:SourceArn': SourceArn }),
    StringEquals: given({ 'aws:SourceAccount': SourceAccount, 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
    Bool: given({ 'lambda:InvokedViaFunctionUrl': InvokedViaFunctionUrl }),
  };
  const principal = isService ? { Service: Principal } : { AWS: Principal };
  const statement = { Effect: 'Allow', Principal: principal, Action, Resource: functionArn, Condition };
  return { Version: '2012-10-17', Statement: [statement] };
}

function given(tests: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tests).filter(([, value]) => value !== undefined));
}
