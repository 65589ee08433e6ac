import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

/** Counted operations, not times: each is a line of the bill, and a change of one is a change of the product. */
describe('an order that goes through', () => {
  let system: LocalSystem;
  let orderId: string;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await system.api.putStock('MUG-01', 100);
    // The first order pays for the secrets and the keys that functions keep.
    await system.settled((await system.api.placeOrder(orderBody())).json.orderId);
    (system.uses as unknown[]).length = 0;
    orderId = (await system.api.placeOrder(orderBody())).json.orderId;
    await system.sagas.untilEnded(orderId);
  });

  afterAll(() => system.close());

  it('takes four state transitions and the start', async () => {
    expect(await system.sagas.countTransitions(orderId)).toBe(4);
  });

  it('invokes nine functions of ours, and the two of the sandbox', () => {
    const invoked = system.uses.flatMap((use) => (use.service === 'lambda' ? [use.functionName] : []));

    expect(invoked.map((name) => name.replace('holdfast-dev-', ''))).toEqual([
      'orders-create-order',
      'inventory-price-items',
      'orders-start-saga',
      'inventory-reserve-stock',
      'payments-charge-payment',
      'orders-get-payment-token',
      'sandbox-provider',
      'shipping-create-shipment',
      'orders-get-address',
      'sandbox-carrier',
      'orders-confirm-order',
    ]);
  });

  it('reads and writes each table a fixed number of times', () => {
    const operations = system.uses.flatMap((use) =>
      use.service === 'dynamodb' && !use.table.endsWith('sandbox')
        ? [`${use.table.replace('holdfast-dev-', '')} ${use.operation} ${use.units}`]
        : [],
    );

    expect(operations).toEqual([
      'orders GetItem 1',
      'inventory BatchGetItem 1',
      // The row, and its key in the index of the customer's orders.
      'orders PutItem 2',
      'inventory UpdateItem 1',
      'payments PutItem 1',
      'orders GetItem 1',
      'payments UpdateItem 1',
      'shipping PutItem 1',
      'orders GetItem 1',
      'shipping UpdateItem 1',
      'orders UpdateItem 1',
    ]);
  });
});
