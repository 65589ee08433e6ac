import type { CircuitOpenError } from '../circuit-breaker/circuit-errors';
import { AppError } from './app-error';

/** A saga's command arrived after its deadline and was refused without effect: its saga has moved on. Never retried. */
export class DeadlineExceededError extends AppError {
  override readonly name = 'DeadlineExceededError';
  constructor(step: string, notAfter: string, now: string) {
    super(`${step} must be carried out by ${notAfter}, it is ${now}`, { code: 'DEADLINE_EXCEEDED', status: 409 });
  }
}

/** A step arrived after its undo and was refused without effect. Never retried. */
export class StepUndoneError extends AppError {
  override readonly name = 'StepUndoneError';
  constructor(step: string, sagaId: string) {
    super(`${step} of ${sagaId} has been undone and cannot be done any more`, { code: 'STEP_UNDONE', status: 409 });
  }
}

/** A command that is not what its contract says. It would be wrong again: never retried. */
export class InvalidCommandError extends AppError {
  override readonly name = 'InvalidCommandError';
  constructor(step: string, detail: string) {
    super(`the command ${step} is not valid: ${detail}`, { code: 'INVALID_COMMAND', status: 400 });
  }
}

/** What a command is about is in a state from which it cannot be carried out, now or later: somebody must look. Never retried. */
export class IllegalStateError extends AppError {
  override readonly name = 'IllegalStateError';
  constructor(message: string) {
    super(message, { code: 'ILLEGAL_STATE', status: 409 });
  }
}

/**
 * A circuit refused what a step needs, and is expected to let calls through while the step is still repeated. Retried as any failure,
 * which a {@link CircuitOpenError} of a step is not.
 */
export class RetryLaterError extends AppError {
  override readonly name = 'RetryLaterError';
  constructor(step: string, cause: CircuitOpenError) {
    super(`${step} is worth a repeat: ${cause.message}`, {
      code: 'RETRY_LATER',
      status: 503,
      retryable: true,
      ...(cause.retryAfterSeconds !== undefined && { retryAfterSeconds: cause.retryAfterSeconds }),
      cause,
    });
  }
}
