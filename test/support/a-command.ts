/** A command as a state machine makes it, for the order that `args` names. */
export function aCommand<Arguments extends { orderId: string }>(step: string, args: Arguments) {
  return {
    sagaId: args.orderId,
    step,
    idempotencyKey: `${args.orderId}/${step}`,
    notAfter: '2026-01-01T00:01:00.000Z',
    waitLeftMs: 0,
    arguments: args,
  };
}

/** The orders of the tests, and the instant at which they take place. */
export const ORDER_ID = `ord_${'a'.repeat(32)}`;
export const NOW = '2026-01-01T00:00:00.000Z';
export const clock = { now: () => Date.parse(NOW) };
