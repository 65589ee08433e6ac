import { AppError } from '../errors/app-error';

/** Why a circuit lets a call not through. `isolated`: an operator has said so. `ramp`: it has closed, and takes up its load by and by. */
export type OpenReason = 'open' | 'probing' | 'isolated' | 'ramp' | 'local';

/**
 * A call was refused by a circuit: nothing was sent. `retryAfterMs` is the time after which a call may be let through; absent while an
 * operator keeps the circuit open.
 */
export class CircuitOpenError extends AppError {
  override readonly name = 'CircuitOpenError';
  readonly circuit: string;
  readonly reason: OpenReason;
  readonly retryAfterMs: number | undefined;

  constructor(circuit: string, reason: OpenReason, retryAfterMs?: number) {
    super(
      `the circuit ${circuit} is open (${reason})${retryAfterMs === undefined ? '' : `, retry after ${retryAfterMs} ms`}`,
      {
        code: 'CIRCUIT_OPEN',
        status: 503,
        retryable: true,
        ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
      },
    );
    this.circuit = circuit;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Options of a circuit that cannot be: a value out of its range, or other ones for a name that has some. Thrown when it is made. */
export class CircuitOptionsError extends Error {
  override readonly name = 'CircuitOptionsError';
}

/**
 * Makes the error without a stack. Where a call was refused is where it was made, and taking the stack would be most of the cost of
 * refusing, at a time when nearly every call is refused.
 */
export function circuitOpen(circuit: string, reason: OpenReason, retryAfterMs?: number): CircuitOpenError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new CircuitOpenError(circuit, reason, retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs));
  } finally {
    Error.stackTraceLimit = limit;
  }
}
