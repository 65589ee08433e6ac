/** Where a call crosses from one part of the system to another. */
export type Edge =
  /** A client's HTTP request to the API. */
  | 'api'
  /** The delivery of a stream record to its consumer. */
  | 'stream'
  /** A call of Step Functions, such as StartExecution. */
  | 'states'
  /** A function invoked by a state machine, a schedule or another service. */
  | 'lambda'
  /** One attempt of a DynamoDB operation. */
  | 'table'
  /** An HTTP request to the payment provider or the carrier. */
  | 'party';

/** What the call is part of: an order on its way, an undo, or a repair (sweeper, redrive and the executions that they start). */
export type Phase = 'forward' | 'undo' | 'repair';

/** One call across an edge, shown to the injector before it is made. */
export interface Call {
  readonly edge: Edge;
  readonly phase: Phase;
  /** `POST /v1/orders`, `StartExecution place-order`, `payments/charge-payment`, `payments UpdateItem`, `provider POST /charges`. */
  readonly name: string;
  /** Absent where the call is not about one order. */
  readonly orderId?: string;
  /** The n-th call of this name for this order, from 0. */
  readonly nth: number;
  /** Epoch milliseconds, simulated. */
  readonly at: number;
  /** Whether it is a write of a table, a conditional one included. */
  readonly isWrite?: boolean;
}

/** What becomes of a call. */
export type Fate =
  | { readonly kind: 'ok' }
  /** It has no effect; the caller gets the error (of AWS's name, such as `InternalServerError`, or an HTTP status of a party). */
  | { readonly kind: 'error-before'; readonly error: string }
  /** It takes effect; the caller gets the error, or learns nothing until its time limit when there is none. */
  | { readonly kind: 'error-after'; readonly error?: string }
  /** No answer comes; the effect lands so much later. */
  | { readonly kind: 'late'; readonly landsAfterMs: number }
  /** It is delivered once more, so much later; the caller has the first answer. */
  | { readonly kind: 'duplicate'; readonly afterMs: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /**
   * The function dies after its n-th write (0: before the first), at the latest before it answers. For `table` and `party`: the
   * function that makes the call dies when this has taken effect (0: before; `table` only). Not for `states`.
   */
  | { readonly kind: 'crash'; readonly afterWrites: number }
  /** A read answers what stood there before the last write, as an eventually consistent one may. Only for such a read of `table`. */
  | { readonly kind: 'stale' }
  /** The clock of the function's environment is wrong by so much. Only for `lambda`, `api` and `stream`. */
  | { readonly kind: 'skew'; readonly byMs: number }
  /** What is sent arrives broken or hostile. For `api` it is one more request, sent before the true one, which must be refused with 4xx. */
  | { readonly kind: 'garble'; readonly as?: Garble }
  /** The execution that makes the call is stopped by hand while the call is under way; the call takes effect. Only for `lambda`. */
  | { readonly kind: 'stop' }
  /**
   * The saga runs twice: Express starts it twice at once, and of a Standard one a second is started by hand so much later,
   * with the same input under another name. Only for the StartExecution of `states`.
   */
  | { readonly kind: 'twin'; readonly afterMs: number };

/** How something arrives broken: without its last member, which is the default, without its first, … */
export type Garble = 'missing-member' | 'missing-first' | 'wrong-type' | 'negative' | 'unicode' | 'deep' | 'huge';

export const OK: Fate = { kind: 'ok' };

/** Decides the fate of each call. Asked once for each, in the order in which they are made. */
export type Injector = (call: Call) => Fate;
