import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { listPage, type PageOfIndex } from '../../../lib/table/dynamodb-pages';
import { openRoomTable, type RoomTable } from '../../support/room-table';

interface Row {
  readonly id: string;
  readonly owner: string;
  readonly at: string;
  readonly text: string;
}

const CONTRACT = { partitionKey: 'id', indexes: { byOwner: { partitionKey: 'owner', sortKey: 'at' } } };

describe('a page of an index', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable(CONTRACT);
    for (const [id, owner, at] of ROWS) await put({ id, owner, at, text: `text of ${id}` });
  });
  afterEach(() => room.close());

  const ROWS = [
    ['a1', 'alice', '1'],
    ['b1', 'bob', '1'],
    ['a3', 'alice', '3'],
    ['a2', 'alice', '2'],
    ['a2-too', 'alice', '2'],
  ] as const;
  const put = (row: Row) => room.table.client.send(new PutCommand({ TableName: room.table.name, Item: row }));
  const page = (query: Partial<PageOfIndex> = {}) =>
    listPage<Row>(room.table, CONTRACT, { index: 'byOwner', group: 'alice', limit: 10, ...query });

  it('has the items of one group, as they are in the table, the last ones first', async () => {
    const { rows, next } = await page();

    expect(rows.map(({ at }) => at)).toEqual(['3', '2', '2', '1']);
    expect(rows[0]).toEqual({ id: 'a3', owner: 'alice', at: '3', text: 'text of a3' });
    expect(next).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5])('of %i items leads to every item once, those of one instant too', async (limit) => {
    const ids: string[] = [];
    let pages = 0;
    for (let start: PageOfIndex['start'], isFirst = true; start || isFirst; isFirst = false) {
      const { rows, next } = await page({ limit, start });
      ids.push(...rows.map(({ id }) => id));
      start = next;
      pages += 1;
    }

    expect([...ids].sort()).toEqual(['a1', 'a2', 'a2-too', 'a3']);
    expect(pages).toBe(Math.ceil(4 / limit));
  });

  it('stays in its group whatever its start says', async () => {
    const { rows } = await page({ start: { id: 'b1', at: '1', owner: 'bob' } });

    expect(rows.every(({ owner }) => owner === 'alice')).toBe(true);
  });

  it('goes up to an instant, the first ones first', async () => {
    const { rows, next } = await page({ upTo: '2', limit: 2 });
    const rest = await page({ upTo: '2', limit: 2, start: next });

    expect([...rows, ...rest.rows].map(({ at }) => at)).toEqual(['1', '2', '2']);
  });

  it('leaves out what is gone by the time it is read', async () => {
    let calls = 0;
    const table = room.tableOf(async (call) => {
      calls += 1;
      const answer = await call();
      if (calls === 1)
        await room.table.client.send(new DeleteCommand({ TableName: room.table.name, Key: { id: 'a3' } }));
      return answer;
    });

    const { rows } = await listPage<Row>(table, CONTRACT, { index: 'byOwner', group: 'alice', limit: 10 });

    expect(rows.map(({ at }) => at)).toEqual(['2', '2', '1']);
  });

  it('reads nothing more where there is nothing', async () => {
    let calls = 0;
    const table = room.tableOf((call) => {
      calls += 1;
      return call();
    });

    expect(await listPage(table, CONTRACT, { index: 'byOwner', group: 'carol', limit: 10 })).toEqual({ rows: [] });
    expect(calls).toBe(1);
  });

  it('needs an index that there is', async () => {
    await expect(page({ index: 'byNothing' })).rejects.toThrow('there is no index byNothing');
  });
});
