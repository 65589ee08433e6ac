import '../../../support/environment';
import { books } from '../../../../functions/sandbox/handlers/books';
import { carrier } from '../../../../functions/sandbox/handlers/carrier';
import { clock } from '../../../support/a-command';
import { ask } from '../../../support/a-url-event';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

describe('the hand-over of a parcel', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'book', sortKey: 'reference' });
  });
  afterEach(() => room.close());

  const asked = (route: string) =>
    ask({ ...carrier(room.table, async () => undefined, clock), ...books(room.table, clock) }, route, {
      path: { reference: 'ord_1' },
    });
  const book = () =>
    ask(
      carrier(room.table, async () => undefined, clock),
      'POST /parcels',
      {
        headers: { 'idempotency-key': 'key' },
        body: { reference: 'ord_1', orderId: 'ord_1', address: { postalCode: '10115' } },
      },
    );
  const HAND_OVER = 'POST /parcels/{reference}/hand-over';
  const CANCEL = 'POST /parcels/{reference}/cancel';
  const SHOW = 'GET /parcels/{reference}';

  test('can be repeated, is seen, and prevents a cancellation, which changes nothing', async () => {
    await book();

    expect(await asked(HAND_OVER)).toEqual({ status: 200, body: { reference: 'ord_1', handedOver: true } });
    expect(await asked(HAND_OVER)).toMatchObject({ status: 200 });
    const shown = (await asked(SHOW)).body;
    expect(shown).toMatchObject({ status: 'BOOKED', handedOver: true });
    await expect(asked(CANCEL)).rejects.toMatchObject({ status: 409, code: 'HANDED_OVER' });
    expect((await asked(SHOW)).body).toEqual(shown);
  });

  test('needs a parcel', async () => {
    await expect(asked(HAND_OVER)).rejects.toMatchObject({ status: 404 });
    await expect(asked(SHOW)).rejects.toMatchObject({ status: 404 });
  });

  test.each([
    ['CANCELLED', true],
    ['BLOCKED', false],
  ])('needs a parcel that is not %s', async (status, isBooked) => {
    if (isBooked) await book();
    await asked(CANCEL);

    await expect(asked(HAND_OVER)).rejects.toMatchObject({ status: 409, code: 'PARCEL_NOT_BOOKED' });
    expect((await asked(SHOW)).body).toMatchObject({ status });
    expect((await asked(SHOW)).body).not.toHaveProperty('handedOver');
  });
});
