import { AwsError } from '../aws-error';
import type { FaultPart } from './fault';

type Failure = readonly [code: string, status: number];

/**
 * How each service says that it failed inside, and that there were too many requests. SDKs take the second for throttling
 * and the first, being of status 500, for a passing fault, and try both again.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html#API_PutEvents_Errors
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
 * @see https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html#API_DiscoverInstances_Errors
 */
const FAILURES: Readonly<Record<FaultPart, { readonly error: Failure; readonly throttle: Failure }>> = {
  function: { error: ['ServiceException', 500], throttle: ['TooManyRequestsException', 429] },
  dynamodb: { error: ['InternalServerError', 500], throttle: ['ThrottlingException', 400] },
  events: { error: ['InternalException', 500], throttle: ['ThrottlingException', 400] },
  sqs: { error: ['InternalFailure', 500], throttle: ['RequestThrottled', 400] },
  states: { error: ['InternalFailure', 500], throttle: ['ThrottlingException', 400] },
  secretsmanager: { error: ['InternalServiceError', 500], throttle: ['ThrottlingException', 400] },
  servicediscovery: { error: ['InternalFailure', 500], throttle: ['RequestLimitExceeded', 400] },
};

/** The two errors of a part, made anew with each call. Their messages say that they are on demand. */
export function serviceFailures(part: FaultPart): { error(): AwsError; throttle(): AwsError } {
  const { error, throttle } = FAILURES[part];
  return {
    error: () => new AwsError(error[0], 'failed on demand: a fault is in force (see /_local/faults)', error[1]),
    throttle: () =>
      new AwsError(throttle[0], 'throttled on demand: a fault is in force (see /_local/faults)', throttle[1]),
  };
}
