import { arnOf, type Need, type NeedSources, type RestCall } from './need';

const PATH = /^\/2015-03-31\/functions(?:\/([^/]*)(\/invocations)?)?$/;

/**
 * What IAM checks for Invoke, GetFunction and ListFunctions; `undefined` for another call. A function with a qualifier is
 * another resource than the function alone, `$LATEST` included.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
export function lambdaNeeds({ method, path, rawQuery }: RestCall, sources: NeedSources): Need[] | undefined {
  const [whole, name = '', invocations] = PATH.exec(path) ?? [];
  if (whole === undefined) return undefined;
  if (name === '') return method === 'GET' ? [{ action: 'lambda:ListFunctions', resource: '*' }] : undefined;

  const qualifier = new URLSearchParams(rawQuery).get('Qualifier');
  const resource = functionArn(decodeURIComponent(name), sources) + (qualifier === null ? '' : `:${qualifier}`);
  if (method === 'POST' && invocations !== undefined) return [{ action: 'lambda:InvokeFunction', resource }];
  if (method === 'GET' && invocations === undefined) return [{ action: 'lambda:GetFunction', resource }];
  return undefined;
}

/**
 * What a call of a function's URL needs, of a caller without a signature too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function functionUrlNeeds(functionArn: string, authType: 'NONE' | 'AWS_IAM'): Need[] {
  return [
    { action: 'lambda:InvokeFunctionUrl', resource: functionArn, context: { 'lambda:FunctionUrlAuthType': authType } },
    { action: 'lambda:InvokeFunction', resource: functionArn, context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
  ];
}

/** Of a name, a partial ARN (`123456789012:function:name`) or an ARN. */
function functionArn(name: string, sources: NeedSources): string {
  return arnOf('lambda', sources, 'function:', name.replace(/^\d{12}:function:/, ''));
}
