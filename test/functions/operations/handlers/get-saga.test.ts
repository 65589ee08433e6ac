import '../environment';
import { getSaga } from '../../../../functions/operations/handlers/get-saga';
import type { ExecutionName } from '../../../../functions/operations/sagas/execution-reader';
import { placeOrder } from '../../../../functions/orders/place-order.saga';
import { ServiceUnavailableError } from '../../../../lib/errors/request-errors';
import { answering } from '../../../support/answering';
import { aHistory, aTask } from '../sagas/a-history';

const ORDER_ID = `ord_${'0'.repeat(32)}`;
const REQUEST = { path: { orderId: ORDER_ID } };
const main = { machine: { saga: 'place-order', role: 'main' }, name: ORDER_ID };
const repair = { machine: { saga: 'place-order', role: 'repair' }, name: `${ORDER_ID}-1` };
const found = (...executions: object[]) => answering({ found: true, orderId: ORDER_ID, status: 'parked', executions });

describe('the saga of an order', () => {
  it('has the steps of its executions, in the order in which they were started', async () => {
    const call = found(main, repair);
    const read = async ({ name }: ExecutionName) => {
      // The first one's history comes last.
      if (name === ORDER_ID) await new Promise(setImmediate);
      return [aHistory(...aTask(name === ORDER_ID ? 'ReserveStock' : 'ReleaseStock', 'ok'))];
    };

    const { status, body } = await getSaga(call, [placeOrder], read)(REQUEST);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      orderId: ORDER_ID,
      status: 'parked',
      steps: [
        { name: 'ReserveStock', kind: 'step', status: 'succeeded' },
        { name: 'ReleaseStock', kind: 'undo', status: 'succeeded' },
      ],
    });
    expect(call.asked()).toEqual([['orders/get-saga', { orderId: ORDER_ID }]]);
  });

  it('has the steps of both when a name stands for two executions', async () => {
    const run = aHistory(...aTask('ReserveStock', 'ok'));

    const { body } = await getSaga(found(main), [placeOrder], async () => [run, run])(REQUEST);

    expect(body).toMatchObject({ steps: [{ name: 'ReserveStock' }, { name: 'ReserveStock' }] });
  });

  it('has no steps while, or after, its executions do not exist', async () => {
    const { status, body } = await getSaga(found(main, repair), [placeOrder], async () => [])(REQUEST);

    expect([status, body]).toEqual([200, { orderId: ORDER_ID, status: 'parked', steps: [] }]);
  });

  it('is 404 for an order that does not exist', async () => {
    await expect(getSaga(answering({ found: false }), [], async () => [])(REQUEST)).rejects.toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  it('is 503 rather than without its steps when they cannot be read', async () => {
    const read = async () => {
      throw new ServiceUnavailableError('Step Functions');
    };

    await expect(getSaga(found(main), [placeOrder], read)(REQUEST)).rejects.toMatchObject({ status: 503 });
  });

  it('is read by its own definition, and by no other', async () => {
    const call = found({ machine: { saga: 'cancel-order', role: 'main' }, name: ORDER_ID });

    await expect(getSaga(call, [placeOrder], async () => [])(REQUEST)).rejects.toThrow('no saga cancel-order');
  });
});
