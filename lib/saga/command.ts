import * as v from 'valibot';

/**
 * What a participant gets from a state machine. All of it is made by the state machine, so that a repeat is the same, but for
 * `waitLeftMs`: `idempotencyKey` is `<sagaId>/<step>`, and `notAfter` the instant (ISO 8601) after which the command must be refused,
 * because the saga has moved on.
 */
export const SagaCommand = v.strictObject({
  sagaId: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  step: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  idempotencyKey: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  notAfter: v.pipe(v.string(), v.isoTimestamp()),
  /**
   * What the repeats that are left wait together, on the average of their jitter; 0 at the last attempt. Sent to steps that can be given
   * up. The only member that a repeat gets another value of: it must not decide what is written.
   */
  waitLeftMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  arguments: v.unknown(),
});

export type SagaCommand = v.InferOutput<typeof SagaCommand>;
