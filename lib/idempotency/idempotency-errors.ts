import { AppError } from '../errors/app-error';

/** The first request with this key is still being worked on. 409, worth a retry when its worker has ended or lost its lease. */
export class RequestInProgressError extends AppError {
  override readonly name = 'RequestInProgressError';
  constructor(retryAfterSeconds: number) {
    super('the first request with this key is still being worked on', {
      code: 'REQUEST_IN_PROGRESS',
      status: 409,
      retryable: true,
      retryAfterSeconds,
    });
  }
}

/** Others write the same items at the same time, and this write did not get through. Nothing was written. 503, worth a retry. */
export class ItemContendedError extends AppError {
  override readonly name = 'ItemContendedError';
  constructor(cause?: unknown) {
    super('many change the same thing at the moment; try again', {
      code: 'CONTENDED',
      status: 503,
      retryable: true,
      retryAfterSeconds: 1,
      cause,
    });
  }
}
