import { AppError } from '../../lib/errors/app-error';

/** No contract declares a circuit of that name, and none is stored; the message names those that are declared. 404. */
export class CircuitNotFoundError extends AppError {
  override readonly name = 'CircuitNotFoundError';
  constructor(got: string, known: readonly string[]) {
    super(`there is no circuit ${JSON.stringify(got)}; there are ${known.join(', ')}`, {
      code: 'CIRCUIT_NOT_FOUND',
      status: 404,
    });
  }
}

/** A later deployment has written the circuit in a way that this one does not know, and must not write over. 409. */
export class CircuitOfLaterVersionError extends AppError {
  override readonly name = 'CircuitOfLaterVersionError';
  constructor(name: string) {
    super(`the circuit ${name} was written by a later version of the system, which alone can change it`, {
      code: 'CIRCUIT_OF_LATER_VERSION',
      status: 409,
    });
  }
}
