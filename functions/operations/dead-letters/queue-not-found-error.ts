import { AppError } from '../../../lib/errors/app-error';

/** No consumer has a queue of that name; the message names those that there are. 404. */
export class QueueNotFoundError extends AppError {
  override readonly name = 'QueueNotFoundError';
  constructor(got: string, known: readonly string[]) {
    super(`there is no queue ${JSON.stringify(got)}; there are ${known.join(', ')}`, {
      code: 'NOT_FOUND',
      status: 404,
    });
  }
}
