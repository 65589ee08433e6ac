import '../../../support/environment';
import { getHandover } from '../../../../functions/shipping/handlers/get-handover';
import { ORDER_ID } from '../../../support/a-command';

describe('asking whether a parcel was handed over', () => {
  test.each([true, false, 'unknown'] as const)('answers what the carrier says: %s', async (handedOver) => {
    const findHandover = jest.fn(async (_: string) => handedOver);
    const carrier = { book: jest.fn(), cancel: jest.fn(), findHandover };

    expect(await getHandover(carrier)({ orderId: ORDER_ID })).toEqual({ handedOver });
    expect(findHandover).toHaveBeenCalledWith(ORDER_ID);
  });
});
