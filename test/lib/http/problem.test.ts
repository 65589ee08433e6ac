import { InvalidRequestError, NotFoundError, ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { problemType, toProblem } from '../../../lib/http/problem';

describe('a problem', () => {
  it('tells the client what an error of ours says', () => {
    expect(toProblem(new NotFoundError('order', 'ord_1'), 'trace-1')).toEqual({
      type: 'urn:holdfast:problem:not-found',
      title: 'Not Found',
      status: 404,
      detail: 'there is no order "ord_1"',
      code: 'NOT_FOUND',
      traceId: 'trace-1',
    });
  });

  it('lists what is wrong where', () => {
    const errors = [{ path: 'limit', message: 'must be >=1, got 0' }];

    expect(toProblem(new InvalidRequestError('the request is wrong', errors), 't').errors).toEqual(errors);
  });

  it.each([
    new Error('the table is gone'),
    'a text',
    null,
    undefined,
    { status: 404, code: 'NOT_FOUND', message: 'x' },
  ])('tells the client nothing of %p', (error) => {
    expect(toProblem(error, 'trace-1')).toEqual({
      type: 'urn:holdfast:problem:internal-error',
      title: 'Internal Server Error',
      status: 500,
      detail: 'something went wrong on our side; the trace id finds it in our logs',
      code: 'INTERNAL_ERROR',
      traceId: 'trace-1',
    });
  });

  it('keeps the cause for the log', () => {
    const problem = toProblem(new ServiceUnavailableError('inventory', new Error('secret host name')), 't');

    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('has a type that is made of its code', () => {
    expect(problemType('IDEMPOTENCY_KEY_REUSED')).toBe('urn:holdfast:problem:idempotency-key-reused');
  });
});
