/** How asynchronous invocations of a function, a version or an alias are treated. */
export interface AsynchronousConfig {
  readonly functionName: string;
  /** `$LATEST`, a version or an alias. Default `$LATEST`. */
  readonly qualifier?: string;
  /** 0 to 2; default 2. */
  readonly maximumRetryAttempts?: number;
  /** 60 to 21600; default 21600. */
  readonly maximumEventAgeSeconds?: number;
  /** The ARN of a queue, a function or an event bus. */
  readonly onSuccessArn?: string;
  /** The ARN of a queue, a function or an event bus. */
  readonly onFailureArn?: string;
}

/** What holds where a template says nothing. */
export const DEFAULT_RETRY_ATTEMPTS = 2;
export const DEFAULT_EVENT_AGE_SECONDS = 21_600;

/**
 * Refuses settings that AWS refuses, and destinations that the local cloud does not have.
 *
 * @throws {Error} that names the function, the setting and what is allowed.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
export function checkAsynchronousConfig(config: AsynchronousConfig): void {
  const { maximumRetryAttempts = 0, maximumEventAgeSeconds = DEFAULT_EVENT_AGE_SECONDS } = config;
  const check = (isAllowed: boolean, name: keyof AsynchronousConfig, allowed: string) => {
    if (isAllowed) return;
    throw new Error(
      `asynchronous invocation of ${config.functionName}: ${name} must be ${allowed}, got ${config[name]}`,
    );
  };
  const isWithin = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  check(isWithin(maximumRetryAttempts, 0, 2), 'maximumRetryAttempts', '0 to 2');
  check(isWithin(maximumEventAgeSeconds, 60, 21_600), 'maximumEventAgeSeconds', '60 to 21600');
  for (const name of ['onSuccessArn', 'onFailureArn'] as const) {
    const isKnown = /^arn:aws:(sqs|lambda|events):/.test(config[name] ?? 'arn:aws:sqs:');
    check(isKnown, name, 'the ARN of a queue, a function or an event bus in the local cloud');
  }
}
