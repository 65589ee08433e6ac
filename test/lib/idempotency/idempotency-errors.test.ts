import { ItemContendedError, RequestInProgressError } from '../../../lib/idempotency/idempotency-errors';

describe('what stands in the way of a request for a while', () => {
  it('is another worker, and says when to come again', () => {
    expect(new RequestInProgressError(7)).toMatchObject({
      name: 'RequestInProgressError',
      code: 'REQUEST_IN_PROGRESS',
      status: 409,
      retryable: true,
      retryAfterSeconds: 7,
    });
  });

  it('is the writes of others', () => {
    expect(new ItemContendedError()).toMatchObject({
      name: 'ItemContendedError',
      code: 'CONTENDED',
      status: 503,
      retryable: true,
      retryAfterSeconds: 1,
    });
  });
});
