import { inventory } from '../../../functions/inventory/contract';
import { query } from '../../../lib/mesh/query-ref';

describe('an operation of another service', () => {
  it('is named by service and handler, with its schemas', () => {
    const { trigger } = inventory.handlers['price-items'];

    expect(query(inventory, 'price-items')).toEqual({ service: 'inventory', handler: 'price-items', trigger });
  });

  it('cannot be a handler that is called by something else', () => {
    const untyped = query as (contract: typeof inventory, name: string) => unknown;

    expect(() => untyped(inventory, 'reserve-stock')).toThrow('inventory/reserve-stock has no query trigger');
    // @ts-expect-error a step is no query
    expect(() => query(inventory, 'reserve-stock')).toThrow();
  });
});
