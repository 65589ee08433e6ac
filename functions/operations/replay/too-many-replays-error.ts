import { AppError } from '../../../lib/errors/app-error';

/** The account has as many replays running as EventBridge allows. 429. */
export class TooManyReplaysError extends AppError {
  override readonly name = 'TooManyReplaysError';
  constructor(cause: unknown) {
    super('ten replays of this account are running already, which is as many as there can be', {
      code: 'TOO_MANY_REQUESTS',
      status: 429,
      retryable: true,
      retryAfterSeconds: 60,
      cause,
    });
  }
}
