const DEFAULTS = {
  path: {},
  query: {},
  body: undefined,
  customerId: 'alice',
  idempotencyKey: '',
  clientPath: '',
  traceId: '0'.repeat(32),
};

/** A request that has passed the checks of its route, from the customer `alice`, with `parts` of it as given. */
export function aRequest<Parts extends object>(parts: Parts): Omit<typeof DEFAULTS, keyof Parts> & Parts {
  return { ...DEFAULTS, ...parts };
}
