import { createOnce } from '../../../lib/idempotency/dynamodb-created-item';
import { findItem } from '../../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../../support/room-table';

describe('an item that is its own idempotency record', () => {
  const ITEM = { id: 'thing_1', requestHash: 'hash', name: 'first' };
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable();
  });
  afterEach(() => room.close());

  it('is put by the first request', async () => {
    expect(await createOnce(room.table, 'id', ITEM)).toEqual({ result: ITEM, replayed: false });
    expect(await findItem(room.table, { id: 'thing_1' })).toEqual(ITEM);
  });

  it('is found by a repeat, which changes nothing', async () => {
    await createOnce(room.table, 'id', ITEM);

    expect(await createOnce(room.table, 'id', { ...ITEM, name: 'second' })).toEqual({ result: ITEM, replayed: true });
    expect(await findItem(room.table, { id: 'thing_1' })).toEqual(ITEM);
  });

  it('is not given to a request for something else', async () => {
    await createOnce(room.table, 'id', ITEM);

    await expect(createOnce(room.table, 'id', { ...ITEM, requestHash: 'other' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
