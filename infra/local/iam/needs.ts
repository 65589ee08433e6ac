import { AwsError } from '../aws-error';
import { cloudFormationNeeds } from './cloudformation-needs';
import { dynamoDbNeeds, dynamoDbStreamsNeeds } from './dynamodb-needs';
import { eventBridgeNeeds } from './eventbridge-needs';
import { lambdaNeeds } from './lambda-needs';
import type { Need, NeedSources, NeedsOf, RestCall } from './need';
import { secretsManagerNeeds } from './secrets-manager-needs';
import { sqsNeeds } from './sqs-needs';
import { stepFunctionsNeeds } from './step-functions-needs';

export { functionUrlNeeds } from './lambda-needs';
export type { Need, NeedSources, RestCall } from './need';

/** By the prefix of the `x-amz-target` header, or by the service that a Query request was signed for. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, NeedsOf>>>> = {
  DynamoDB_20120810: dynamoDbNeeds,
  DynamoDBStreams_20120810: dynamoDbStreamsNeeds,
  AWSStepFunctions: stepFunctionsNeeds,
  AmazonSQS: sqsNeeds,
  AWSEvents: eventBridgeNeeds,
  secretsmanager: secretsManagerNeeds,
  cloudformation: cloudFormationNeeds,
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
  return distinct(toNeeds(body, sources).filter(({ resource }) => resource !== ''));
}

/**
 * The same for a service with REST paths: Lambda.
 *
 * @throws {AwsError} AccessDeniedException for an operation of which this is not known.
 */
export function restNeedsOf(call: RestCall, sources: NeedSources): Need[] {
  const needs = lambdaNeeds(call, sources);
  if (needs === undefined) throw unknownNeeds(`${call.method} ${call.path}`);
  return needs;
}

function distinct(needs: readonly Need[]): Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
}

function unknownNeeds(operation: string): AwsError {
  const message = `the local cloud does not know which actions IAM checks for ${operation}, so no role may call it`;
  return new AwsError('AccessDeniedException', message);
}
