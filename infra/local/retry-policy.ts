import { AwsError } from './aws-error';

/** As it stands in a template, where numbers may be text; each limit has AWS's default, which is also its maximum. */
export interface RetryPolicy {
  /** 0 to 185, default 185: attempts after the first one. */
  readonly MaximumRetryAttempts?: number | string;
  /** 60 to 86,400, default 86,400. */
  readonly MaximumEventAgeInSeconds?: number | string;
}

const FIRST_DELAY_SECONDS = 1;
const MAX_DELAY_SECONDS = 600;

/**
 * When to try a failed delivery again, or that it is given up, and which limit of the policy was reached if one was.
 *
 * A missing permission, a missing target and whatever else is the request's own fault would fail again: it is given up at
 * once. The delay doubles from 1 second to 10 minutes and is shortened by up to a half at random: AWS tells no figures, and
 * with these 185 attempts take most of the 24 hours.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export function planRetry(
  { retryPolicy, attempts, acceptedAtMs }: { retryPolicy: RetryPolicy; attempts: number; acceptedAtMs: number },
  error: unknown,
  nowMs: number,
  random: number,
): { dueAtMs: number } | { exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' } {
  const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = retryPolicy;
  if (!isTransient(error)) return {};
  if (attempts > Number(MaximumRetryAttempts)) return { exhausted: 'MaximumRetryAttempts' };
  const delaySeconds = Math.min(FIRST_DELAY_SECONDS * 2 ** (attempts - 1), MAX_DELAY_SECONDS);
  const dueAtMs = nowMs + Math.round(delaySeconds * 1000 * (1 - random / 2));
  return dueAtMs > acceptedAtMs + Number(MaximumEventAgeInSeconds) * 1000
    ? { exhausted: 'MaximumEventAgeInSeconds' }
    : { dueAtMs };
}

/** Whether a target was throttled; services say it with different names, some with status 400. */
export function isThrottling(error: AwsError): boolean {
  return error.status === 429 || /throttl|too\s?many\s?requests|limit\s?exceeded|slow\s?down/i.test(error.code);
}

/** Retried are 5xx and throttling, and what is no answer of a service at all. */
function isTransient(error: unknown): boolean {
  return !(error instanceof AwsError) || error.status >= 500 || isThrottling(error);
}
