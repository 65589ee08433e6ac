import { answerPage } from '../../../lib/http/answer-page';
import { encodeCursor } from '../../../lib/http/cursor';
import type { Page, PageStart } from '../../../lib/table/dynamodb-pages';

type List = (limit: number, start: PageStart | undefined) => Promise<Page<{ id: string; secret: string }>>;

const FIELDS = ['id', 'createdAt'];
const START = { id: 'a', createdAt: '2026-01-01' };

function aList(page: Awaited<ReturnType<List>>): jest.MockedFunction<List> {
  return jest.fn<ReturnType<List>, Parameters<List>>(async () => page);
}

const answer = (query: object, list: List) => answerPage(query, FIELDS, list, ({ id }) => ({ id }));

describe('the answer of a list', () => {
  it('begins at the beginning, with 25 items unless the client says how many', async () => {
    const list = aList({ rows: [{ id: 'b', secret: 's' }] });

    expect(await answer({}, list)).toEqual({ status: 200, body: { items: [{ id: 'b' }] } });
    await answer({ limit: 3 }, list);

    expect(list.mock.calls).toEqual([
      [25, undefined],
      [3, undefined],
    ]);
  });

  it('goes on where the cursor says, and says where the next page begins', async () => {
    const next = { id: 'b', createdAt: '2026-01-02' };
    const list = aList({ rows: [], next });

    const { body } = await answer({ cursor: encodeCursor(START) }, list);

    expect(list).toHaveBeenCalledWith(25, START);
    expect(body).toEqual({ items: [], nextCursor: encodeCursor(next) });
  });

  it.each(['nonsense', encodeCursor({ id: 'a' }), encodeCursor({ ...START, customerId: 'bob' })])(
    'refuses a cursor that is none of this list: %s',
    async (cursor) => {
      const list = aList({ rows: [] });

      await expect(answer({ cursor }, list)).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
      expect(list).not.toHaveBeenCalled();
    },
  );
});
