import { AppError } from '../../../lib/errors/app-error';

/** There is nothing to send again, or somebody else has all of it at the moment. 409. */
export class NoDeadLettersError extends AppError {
  override readonly name = 'NoDeadLettersError';
  constructor(queue: string, inFlight: number) {
    const why = inFlight === 0 ? 'there are none' : `somebody else has received all of them (${inFlight})`;
    super(`no dead letter of ${queue} can be sent again now: ${why}`, { code: 'NO_DEAD_LETTERS', status: 409 });
  }
}
