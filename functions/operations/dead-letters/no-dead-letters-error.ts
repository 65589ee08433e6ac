import { AppError } from '../../../lib/errors/app-error';

/** There is nothing to send again, or nothing that can be had at the moment. 409. */
export class NoDeadLettersError extends AppError {
  override readonly name = 'NoDeadLettersError';
  constructor(queue: string, hidden: number) {
    const why =
      hidden === 0 ? 'there are none' : `${hidden} came back a moment ago, or somebody else has received them`;
    super(`no dead letter of ${queue} can be sent again now: ${why}`, { code: 'NO_DEAD_LETTERS', status: 409 });
  }
}
