import { AppError } from '../../../lib/errors/app-error';

class KettleEmptyError extends AppError {
  override readonly name = 'KettleEmptyError';
}

describe('an error that a caller may act on', () => {
  it('is not worth a retry unless it says so', () => {
    const error = new KettleEmptyError('the kettle is empty', { code: 'KETTLE_EMPTY', status: 409 });

    expect(error).toMatchObject({
      name: 'KettleEmptyError',
      message: 'the kettle is empty',
      code: 'KETTLE_EMPTY',
      status: 409,
      retryable: false,
      retryAfterSeconds: undefined,
      errors: undefined,
    });
    expect(error).not.toHaveProperty('cause');
  });

  it('carries when to retry, what is wrong where, and its cause', () => {
    const cause = new Error('no water');
    const errors = [{ path: 'kettle', message: 'is empty' }];

    const error = new KettleEmptyError('the kettle is empty', {
      code: 'KETTLE_EMPTY',
      status: 503,
      retryable: true,
      retryAfterSeconds: 3,
      errors,
      cause,
    });

    expect(error).toMatchObject({ retryable: true, retryAfterSeconds: 3, errors, cause });
  });

  it('shows its name in its stack and its text, as logs and state machines read it', () => {
    const error = new KettleEmptyError('the kettle is empty', { code: 'KETTLE_EMPTY', status: 409 });

    expect(String(error)).toBe('KettleEmptyError: the kettle is empty');
  });
});
