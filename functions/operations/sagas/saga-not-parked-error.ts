import { AppError } from '../../../lib/errors/app-error';

/** Only the undos of a parked saga can be tried again; this one is on its way, or has ended well. 409. */
export class SagaNotParkedError extends AppError {
  override readonly name = 'SagaNotParkedError';
  constructor(orderId: string, status: string) {
    super(`the saga of order ${orderId} is ${status}; only a parked one can be redriven`, {
      code: 'SAGA_NOT_PARKED',
      status: 409,
    });
  }
}
