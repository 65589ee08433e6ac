import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RECENT_KEYS, updateOnce } from '../../../lib/idempotency/dynamodb-recent-keys';
import { identityOfEvent } from '../../../lib/idempotency/identity';
import { findItem } from '../../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../../support/room-table';

interface Stock {
  readonly id: string;
  readonly onHand: number;
  readonly note?: string;
}

describe('an item that keeps its last keys', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable();
    await room.table.client.send(
      new PutCommand({ TableName: room.table.name, Item: { id: 'mug', onHand: 100, note: 'x' } }),
    );
  });
  afterEach(() => room.close());

  const sell = (key: string, { quantity = 1, result = key, id = 'mug', fingerprint = '' } = {}) =>
    updateOnce<Stock, string>(
      room.table,
      { ...identityOfEvent('test', key), fingerprint },
      {
        key: { id },
        set: ['#onHand = #onHand - :quantity'],
        remove: ['note'],
        condition: 'attribute_exists(id) AND #onHand >= :quantity',
        names: { '#onHand': 'onHand' },
        values: { ':quantity': quantity },
      },
      result,
    );
  const stock = async () => (await findItem<Stock>(room.table, { id: 'mug' })) as Stock;

  it('is updated by the first request, in all that the update says', async () => {
    expect(await sell('e1')).toEqual({ kind: 'made', result: 'e1', replayed: false });
    const { onHand, note } = await stock();
    expect({ onHand, note }).toEqual({ onHand: 99, note: undefined });
  });

  it('is not changed by a repeat, which gets the first answer', async () => {
    await sell('e1', { result: 'first' });

    expect(await sell('e1', { result: 'second' })).toEqual({ kind: 'made', result: 'first', replayed: true });
    expect((await stock()).onHand).toBe(99);
  });

  it('answers a repeat whose condition does not hold any more', async () => {
    await sell('e1', { quantity: 100 });

    expect(await sell('e1', { quantity: 100 })).toMatchObject({ kind: 'made', replayed: true });
  });

  it('is not updated by a request for something else', async () => {
    await sell('e1', { fingerprint: 'a' });

    await expect(sell('e1', { fingerprint: 'b' })).rejects.toMatchObject({ status: 422 });
  });

  it.each([0, 1, RECENT_KEYS, 2 * RECENT_KEYS])('tells what stands in the way after %d updates', async (updates) => {
    for (let at = 0; at < updates; at += 1) await sell(`e${at}`);

    expect(await sell('too many', { quantity: 101 })).toMatchObject({
      kind: 'refused',
      item: { onHand: 100 - updates },
    });
    expect((await stock()).onHand).toBe(100 - updates);
  });

  it('refuses when there is no item, and makes none', async () => {
    expect(await sell('e1', { id: 'cup' })).toEqual({ kind: 'refused', item: {} });
    expect(await findItem(room.table, { id: 'cup' })).toBeUndefined();
  });

  it('remembers at least the last 16 keys and at most 32, however many come', async () => {
    for (let at = 0; at < 3 * RECENT_KEYS; at += 1) {
      await sell(`e${at}`);
      for (const recent of [at, Math.max(0, at - RECENT_KEYS + 1)]) {
        expect(await sell(`e${recent}`)).toMatchObject({ replayed: true });
      }
      const item = (await stock()) as unknown as { recentKeys: object; olderKeys?: object };
      const kept = Object.keys(item.recentKeys).length + Object.keys(item.olderKeys ?? {}).length;
      expect(kept).toBeLessThanOrEqual(2 * RECENT_KEYS);
    }

    expect((await stock()).onHand).toBe(100 - 3 * RECENT_KEYS);
  });

  it('takes one write for most updates, and never more than three', async () => {
    let calls = 0;
    const { client } = room.tableOf((call) => {
      calls += 1;
      return call();
    });
    const table = { ...room.table, client };
    const update = { key: { id: 'mug' }, set: ['onHand = onHand'], condition: 'attribute_exists(id)', values: {} };
    for (let at = 0; at < 2 * RECENT_KEYS; at += 1) await updateOnce(table, identityOfEvent('t', `${at}`), update, at);

    // One more for the first of all, and one more for each new generation.
    expect(calls).toBe(2 * RECENT_KEYS + 2);
  });

  it('is not updated twice when sixteen others, one of them a repeat, come in between', async () => {
    for (let at = 0; at < RECENT_KEYS; at += 1) await sell(`before ${at}`);
    let calls = 0;
    const table = room.tableOf(async (call) => {
      calls += 1;
      // After the update has seen that there is no room among the recent keys.
      if (calls === 2) {
        await sell('e');
        for (let at = 1; at < RECENT_KEYS; at += 1) await sell(`between ${at}`);
      }
      return call();
    });
    const { onHand } = await stock();
    const update = {
      key: { id: 'mug' },
      set: ['onHand = :none'],
      condition: 'attribute_exists(id)',
      values: { ':none': 0 },
    };

    expect(await updateOnce(table, identityOfEvent('test', 'e'), update, 'late')).toEqual({
      kind: 'made',
      result: 'e',
      replayed: true,
    });
    expect((await stock()).onHand).toBe(onHand - RECENT_KEYS);
  });

  it('gives up, with nothing written, when others change its form each time', async () => {
    let turn = 0;
    const forms = [{ recentKeys: {} }, {}];
    const table = room.tableOf(async (call) => {
      const Item = { id: 'mug', onHand: 100, ...forms[turn % 2] };
      turn += 1;
      await room.table.client.send(new PutCommand({ TableName: room.table.name, Item }));
      return call();
    });
    const update = {
      key: { id: 'mug' },
      set: ['onHand = :none'],
      condition: 'attribute_exists(id)',
      values: { ':none': 0 },
    };
    turn = 1;

    await expect(updateOnce(table, identityOfEvent('t', 'e'), update, 0)).rejects.toMatchObject({ code: 'CONTENDED' });
    expect((await stock()).onHand).toBe(100);
  });
});
