import type { AppError } from '../../../lib/errors/app-error';
import {
  IdempotencyKeyReusedError,
  InvalidRequestError,
  MalformedBodyError,
  NotFoundError,
  PayloadTooLargeError,
  ServiceUnavailableError,
  UnsupportedMediaTypeError,
} from '../../../lib/errors/request-errors';

/** Names, codes and statuses are part of the API: clients branch on them. */
const ERRORS: ReadonlyArray<[error: AppError, name: string, code: string, status: number, message: RegExp]> = [
  [new InvalidRequestError('it is wrong', []), 'InvalidRequestError', 'INVALID_REQUEST', 400, /it is wrong/],
  [new MalformedBodyError('not JSON'), 'MalformedBodyError', 'MALFORMED_BODY', 400, /not JSON/],
  [
    new UnsupportedMediaTypeError('text/plain'),
    'UnsupportedMediaTypeError',
    'UNSUPPORTED_MEDIA_TYPE',
    415,
    /application\/json, got text\/plain/,
  ],
  [
    new UnsupportedMediaTypeError(undefined),
    'UnsupportedMediaTypeError',
    'UNSUPPORTED_MEDIA_TYPE',
    415,
    /application\/json, got none/,
  ],
  [new PayloadTooLargeError(11, 10), 'PayloadTooLargeError', 'PAYLOAD_TOO_LARGE', 413, /at most 10 bytes, got 11/],
  [new NotFoundError('order', 'o"1'), 'NotFoundError', 'NOT_FOUND', 404, /no order "o\\"1"/],
  [
    new IdempotencyKeyReusedError(),
    'IdempotencyKeyReusedError',
    'IDEMPOTENCY_KEY_REUSED',
    422,
    /used before with another body/,
  ],
  [
    new ServiceUnavailableError('inventory'),
    'ServiceUnavailableError',
    'SERVICE_UNAVAILABLE',
    503,
    /inventory service is not available/,
  ],
];

describe('an error of a request', () => {
  it.each(ERRORS)('%s has its name, code, status and message', (error, name, code, status, message) => {
    expect({ name: error.name, code: error.code, status: error.status }).toEqual({ name, code, status });
    expect(error.message).toMatch(message);
  });

  it('is worth a retry only where a service was not available', () => {
    const retryable = ERRORS.map(([error]) => error).filter((error) => error.retryable);

    expect(retryable.map(({ code, retryAfterSeconds }) => [code, retryAfterSeconds])).toEqual([
      ['SERVICE_UNAVAILABLE', 2],
    ]);
  });
});
