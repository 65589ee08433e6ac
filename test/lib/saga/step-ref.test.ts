import { inventory } from '../../../functions/inventory/contract';
import { step } from '../../../lib/saga/step-ref';

describe('a step of a contract', () => {
  it('is named by its service, handler and state, with the time limit of its function', () => {
    expect(step(inventory, 'reserve-stock')).toEqual({
      service: 'inventory',
      handler: 'reserve-stock',
      name: 'ReserveStock',
      timeoutSeconds: 10,
    });
  });

  it('cannot be a handler that is called by something else', () => {
    const untyped = step as (contract: typeof inventory, handler: string) => unknown;

    expect(() => untyped(inventory, 'price-items')).toThrow('inventory/price-items has no step trigger');
    expect(() => untyped(inventory, 'no-such-handler')).toThrow('inventory/no-such-handler has no step trigger');
  });
});
