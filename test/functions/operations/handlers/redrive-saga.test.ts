import '../../../support/environment';
import { redriveSaga } from '../../../../functions/operations/handlers/redrive-saga';
import type { CallService } from '../../../../lib/mesh/aws-lambda-call';

const ORDER_ID = `ord_${'0'.repeat(32)}`;
const REQUEST = { path: { orderId: ORDER_ID } };

/** An orders service that answers a redrive so, and then says how the saga is. */
function anOrdersService(outcome: string, saga: object = { found: false }) {
  return jest.fn(async ({ handler }: { handler: string }, input: unknown) => {
    expect(input).toEqual({ orderId: ORDER_ID });
    return handler === 'redrive-saga' ? { outcome } : saga;
  }) as unknown as CallService;
}

describe('redriving a saga', () => {
  it.each(['started', 'running'])('is accepted when it is %s, and leaves it parked meanwhile', async (outcome) => {
    expect(await redriveSaga(anOrdersService(outcome))(REQUEST)).toEqual({
      status: 202,
      body: { orderId: ORDER_ID, status: 'parked' },
    });
  });

  it.each(['running', 'completed', 'compensated'])('is refused when it is %s, and says so', async (status) => {
    const call = anOrdersService('nothing', { found: true, orderId: ORDER_ID, status, executions: [] });

    await expect(redriveSaga(call)(REQUEST)).rejects.toMatchObject({
      status: 409,
      code: 'SAGA_NOT_PARKED',
      message: `the saga of order ${ORDER_ID} is ${status}; only a parked one can be redriven`,
    });
  });

  it.each([
    ['does not exist', 'unknown'],
    ['has gone in the meantime', 'nothing'],
  ])('is 404 for an order that %s', async (_, outcome) => {
    await expect(redriveSaga(anOrdersService(outcome))(REQUEST)).rejects.toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });
});
