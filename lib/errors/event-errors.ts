import { AppError } from './app-error';

/** An event breaks the schema of its version. The message names the places and never the values. It would again: never retried. */
export class EventInvalidError extends AppError {
  override readonly name = 'EventInvalidError';
  constructor(event: string, problems: readonly string[], cause?: unknown) {
    super(`${event} is not valid: ${problems.join('; ')}`, { code: 'EVENT_INVALID', status: 500, cause });
  }
}

/** An event's data are larger than is allowed: the write that would emit it is refused. */
export class EventTooLargeError extends AppError {
  override readonly name = 'EventTooLargeError';
  constructor(event: string, gotBytes: number, maxBytes: number) {
    super(`the data of ${event} must have at most ${maxBytes} bytes as JSON, got ${gotBytes}`, {
      code: 'EVENT_TOO_LARGE',
      status: 500,
    });
  }
}

/** An event comes in no version that is known here. It is not guessed at: whoever knows it can have it delivered again. */
export class UnknownVersionError extends AppError {
  override readonly name = 'UnknownVersionError';
  constructor(event: string, got: readonly number[], known: number) {
    super(`${event} is known here up to version ${known}, got ${got.join(', ')}`, {
      code: 'UNKNOWN_EVENT_VERSION',
      status: 500,
    });
  }
}

/** The outbox of an item is not what this project writes. It would be so again: never retried. */
export class OutboxUnreadableError extends AppError {
  override readonly name = 'OutboxUnreadableError';
  constructor(problem: string) {
    super(`the outbox cannot be read: ${problem}`, { code: 'OUTBOX_UNREADABLE', status: 500 });
  }
}

/** The service tells no event of this type. */
export class UnknownEventError extends AppError {
  override readonly name = 'UnknownEventError';
  constructor(source: string, type: string) {
    super(`${source} tells no event ${JSON.stringify(type)}`, { code: 'UNKNOWN_EVENT', status: 500 });
  }
}

/** Why something cannot be taken, in a form that may be logged: of errors that are not ours, what they say may be anybody's data. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError) return `${error.name}: ${error.message}`;
  return error instanceof Error ? error.name : 'unknown';
}
