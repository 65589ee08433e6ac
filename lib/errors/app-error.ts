/** What an {@link AppError} carries beside its message. */
export interface AppErrorOptions {
  /** Stable UPPER_SNAKE name, part of the API: a caller may branch on it. */
  readonly code: string;
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Whether the same call may succeed later. Default `false`. */
  readonly retryable?: boolean;
  /** When a retry makes sense, in whole seconds; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** What was wrong where, for the client. */
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/** One thing wrong with a request: `path` such as `items[0].quantity`, `message` such as `must be >=1, got 0`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * The base of every error that a caller may act on. Its message is safe to show to the client; `cause` is for the log only.
 *
 * Subclasses set `name` to a literal string: a bundler renames classes, and Step Functions matches the name.
 */
export abstract class AppError extends Error {
  abstract override readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly errors: readonly FieldError[] | undefined;

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.errors = options.errors;
  }
}
