import { AwsError } from '../aws-error';
import { arnOf, type Need, type NeedSources, type NeedsOf } from './need';
import * as needs from './service-needs';

export type { Need, NeedSources } from './need';

/** A request to a service with REST paths; path and query are not decoded. */
export interface RestCall {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
}

/** By the prefix of the `x-amz-target` header, or by the service that a Query request was signed for. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, NeedsOf>>>> = {
  DynamoDB_20120810: needs.dynamoDbNeeds,
  DynamoDBStreams_20120810: needs.dynamoDbStreamsNeeds,
  AWSStepFunctions: needs.stepFunctionsNeeds,
  AmazonSQS: needs.sqsNeeds,
  AWSEvents: needs.eventBridgeNeeds,
  Logs_20140328: needs.logsNeeds,
  secretsmanager: needs.secretsManagerNeeds,
  cloudformation: needs.cloudFormationNeeds,
  // Nobody needs a permission to ask who he is.
  sts: { GetCallerIdentity: () => [] },
};

/**
 * What IAM checks before a service carries out an operation: every need must be allowed. `body` is the JSON of the request, or
 * the parameters of a Query request by name. A request that lacks what names its resource needs nothing: its service refuses it.
 *
 * @throws {AwsError} AccessDeniedException for an operation of which this is not known.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function needsOf(
  service: string,
  operation: string,
  body: Readonly<Record<string, unknown>>,
  sources: NeedSources,
): Need[] {
  const operations = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  const toNeeds = operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (toNeeds === undefined) throw unknownNeeds(`${service}.${operation}`);
  const named = toNeeds(body, sources).filter(({ resource }) => resource !== '');
  return [...new Map(named.map((need) => [JSON.stringify(need), need])).values()];
}

/**
 * The same for Lambda, a service with REST paths. A function with a qualifier is another resource than the function alone,
 * `$LATEST` included.
 *
 * @throws {AwsError} AccessDeniedException for an operation of which this is not known.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
export function restNeedsOf({ method, path, rawQuery }: RestCall, sources: NeedSources): Need[] {
  const [whole, name = '', invocations] = /^\/2015-03-31\/functions(?:\/([^/]*)(\/invocations)?)?$/.exec(path) ?? [];
  const operation = `${method} ${invocations ? 'invocations' : name && 'function'}`;
  const action = whole === undefined ? undefined : LAMBDA_ACTIONS[operation];
  if (action === undefined) throw unknownNeeds(`${method} ${path}`);
  if (name === '') return [{ action, resource: '*' }];
  // A name, a partial ARN (`123456789012:function:name`) or an ARN.
  const functionName = decodeURIComponent(name).replace(/^\d{12}:function:/, '');
  const qualifier = new URLSearchParams(rawQuery).get('Qualifier');
  const resource = arnOf('lambda', sources, 'function:', functionName) + (qualifier === null ? '' : `:${qualifier}`);
  return [{ action, resource }];
}

const LAMBDA_ACTIONS: Readonly<Record<string, string>> = {
  'GET ': 'lambda:ListFunctions',
  'GET function': 'lambda:GetFunction',
  'POST invocations': 'lambda:InvokeFunction',
};

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

function unknownNeeds(operation: string): AwsError {
  const message = `the local cloud does not know which actions IAM checks for ${operation}, so no role may call it`;
  return new AwsError('AccessDeniedException', message);
}
