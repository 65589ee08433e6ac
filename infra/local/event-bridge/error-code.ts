import { AwsError } from '../aws-error';
import { isThrottling } from '../retry-policy';

/** The first name that fits an error's code says what the dead letter is about. */
const CODES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^InvalidJson$/, 'INVALID_JSON'],
  [/AccessDenied|NotAuthorized|UnauthorizedOperation/, 'NO_PERMISSIONS'],
  [/NotFound|NonExistent|DoesNotExist/, 'NO_RESOURCE'],
  [/AlreadyExists/, 'RESOURCE_ALREADY_EXISTS'],
  [/Timeout|TimedOut/i, 'TIMEOUT'],
];

/**
 * What `ERROR_CODE` of a dead letter says about an error.
 *
 * AWS lists the codes, but not what each stands for: which error gets which is inferred from the names.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function toErrorCode(error: unknown): string {
  if (!(error instanceof AwsError)) return 'INTERNAL_ERROR';
  if (isThrottling(error)) return 'THROTTLING';
  const named = CODES.find(([pattern]) => pattern.test(error.code));
  return named?.[1] ?? (error.status >= 500 ? 'ERROR_FROM_TARGET' : 'SDK_CLIENT_ERROR');
}
