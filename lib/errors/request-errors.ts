import { AppError, type FieldError } from './app-error';

/** A part of the request breaks its schema; `errors` names each place. 400. */
export class InvalidRequestError extends AppError {
  override readonly name = 'InvalidRequestError';
  constructor(message: string, errors: readonly FieldError[]) {
    super(message, { code: 'INVALID_REQUEST', status: 400, errors });
  }
}

/** The body is not JSON, or not UTF-8. 400. */
export class MalformedBodyError extends AppError {
  override readonly name = 'MalformedBodyError';
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'MALFORMED_BODY', status: 400, cause });
  }
}

/** The body's content type is not `application/json`. 415. */
export class UnsupportedMediaTypeError extends AppError {
  override readonly name = 'UnsupportedMediaTypeError';
  constructor(got: string | undefined) {
    super(`content-type must be application/json, got ${got ?? 'none'}`, {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      status: 415,
    });
  }
}

/** The body is larger than the API takes. 413. */
export class PayloadTooLargeError extends AppError {
  override readonly name = 'PayloadTooLargeError';
  constructor(gotBytes: number, maxBytes: number) {
    super(`the body must have at most ${maxBytes} bytes, got ${gotBytes}`, { code: 'PAYLOAD_TOO_LARGE', status: 413 });
  }
}

/** There is no such thing, or it belongs to somebody else: the caller cannot tell which. 404. */
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError';
  constructor(what: string, id: string) {
    super(`there is no ${what} ${JSON.stringify(id)}`, { code: 'NOT_FOUND', status: 404 });
  }
}

/** The idempotency key was used before, with another body. 422. */
export class IdempotencyKeyReusedError extends AppError {
  override readonly name = 'IdempotencyKeyReusedError';
  constructor() {
    super('this Idempotency-Key was used before with another body; use a new key for a new request', {
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
    });
  }
}

/** A service that this request needs did not answer in time or failed. 503, worth a retry. */
export class ServiceUnavailableError extends AppError {
  override readonly name = 'ServiceUnavailableError';
  constructor(service: string, cause?: unknown) {
    super(`the ${service} service is not available at the moment`, {
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause,
    });
  }
}
