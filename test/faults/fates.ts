/** Where a call crosses from one part of the system to another. */
export type Edge =
  /** A client's HTTP request to the API. */
  | 'api'
  /** The delivery of stream records to their consumer: the starter of sagas, or a relay of events. */
  | 'stream'
  /** A relay's PutEvents, or what a function puts into a queue of dead letters by itself. */
  | 'bus'
  /** The delivery of an event by a rule of the bus to the queue of a consumer. */
  | 'rule'
  /** The delivery of messages of a queue to their consumer. */
  | 'queue'
  /** A call of Step Functions, such as StartExecution. */
  | 'states'
  /** A function invoked by a state machine, a schedule or another service. */
  | 'lambda'
  /** One attempt of a DynamoDB operation. */
  | 'table'
  /** An HTTP request to the payment provider, the carrier or the sender of notifications. */
  | 'party';

/**
 * What the call is part of: an order on its way, an undo, a repair (sweeper, redrive and the executions that they start), or
 * events that are told and reacted to.
 */
export type Phase = 'forward' | 'undo' | 'repair' | 'events';

/** One call across an edge, shown to the injector before it is made. */
export interface Call {
  readonly edge: Edge;
  readonly phase: Phase;
  /**
   * `POST /v1/orders`, `StartExecution place-order`, `payments/charge-payment`, `payments UpdateItem`, `provider POST /charges`,
   * `orders PutEvents`, `notifications/notify-customer order.confirmed`.
   */
  readonly name: string;
  /** The order, or the task; of several at once, the first. Absent where the call is not about one. */
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
   * The function dies after its n-th write (0: before the first), at the latest before it answers. For `table`, `bus` and `party`: the
   * function that makes the call dies when this has taken effect (0: before; not for `party`). Not for `states` and `rule`.
   */
  | { readonly kind: 'crash'; readonly afterWrites: number }
  /** A read answers what stood there before the last write, as an eventually consistent one may. Only for such a read of `table`. */
  | { readonly kind: 'stale' }
  /** The clock of the function's environment is wrong by so much. Only for `lambda`, `api`, `stream` and `queue`. */
  | { readonly kind: 'skew'; readonly byMs: number }
  /** What is sent arrives broken or hostile. For `api` it is one more request, sent before the true one, which must be refused with 4xx. */
  | { readonly kind: 'garble'; readonly as?: Garble }
  /**
   * An event that nobody has told and that is broken or hostile comes with the true ones: before them, and for a relay in front
   * of their batch. Only for events.
   */
  | { readonly kind: 'forge'; readonly as: Forgery }
  /** Of the events that are put on the bus at once, some are refused with this error, and the others taken. Only for `bus`. */
  | { readonly kind: 'part'; readonly error: string; readonly refused: Refused }
  /** The execution that makes the call is stopped by hand while the call is under way; the call takes effect. Only for `lambda`. */
  | { readonly kind: 'stop' }
  /**
   * The saga runs twice: Express starts it twice at once, and of a Standard one a second is started by hand so much later,
   * with the same input under another name. Only for the StartExecution of `states`.
   */
  | { readonly kind: 'twin'; readonly afterMs: number };

/** How something arrives broken: without its last member, which is the default, without its first, … */
export type Garble = 'missing-member' | 'missing-first' | 'wrong-type' | 'negative' | 'unicode' | 'deep' | 'huge';

/** What is wrong with a forged event: no member of its data, a version that nobody knows, a type that nobody knows, … */
export type Forgery =
  | 'no-data'
  | 'wrong-type'
  | 'negative'
  | 'unicode'
  | 'deep'
  | 'huge'
  | 'version'
  | 'type'
  | 'no-json';

/** Which events of a PutEvents are refused. Of one alone, each of these is that one. */
export type Refused = 'first' | 'last' | 'all';

export const OK: Fate = { kind: 'ok' };

/** Decides the fate of each call. Asked once for each, in the order in which they are made. */
export type Injector = (call: Call) => Fate;
