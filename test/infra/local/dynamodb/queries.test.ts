import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { openRoom, put, THINGS } from './a-room';

const BY_OWNER = {
  TableName: 'things',
  IndexName: 'by-owner',
  KeyConditionExpression: '#o = :o',
  ExpressionAttributeNames: { '#o': 'owner' },
  ExpressionAttributeValues: { ':o': { S: 'x' } },
};

/** The ids on every page, asked for until there is no further page. */
async function allPages(db: DynamoDb, operation: string, request: Record<string, unknown>): Promise<string[]> {
  const ids: string[] = [];
  let start: unknown;
  do {
    const page = await db.handle(operation, { ...request, ...(start !== undefined && { ExclusiveStartKey: start }) });
    ids.push(...(page.Items as Array<{ id: { S: string } }>).map((item) => item.id.S));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return ids;
}

describe('a query of an index', () => {
  it('finds items in the order of the sort key, forwards and backwards', async () => {
    const { db } = await openRoom();
    for (const madeAt of ['10', '-1', '9', '2.5', '-1.5']) {
      await put(db, `at ${madeAt}`, { owner: { S: 'x' }, madeAt: { N: madeAt } });
    }

    const forwards = await allPages(db, 'Query', { ...BY_OWNER, Limit: 2 });
    const backwards = await allPages(db, 'Query', { ...BY_OWNER, Limit: 2, ScanIndexForward: false });

    expect(forwards).toEqual(['at -1.5', 'at -1', 'at 2.5', 'at 9', 'at 10']);
    expect(backwards).toEqual([...forwards].reverse());
  });

  it('follows the changes of an item and has only what is projected', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' }, note: { S: 'n' } });
    await put(db, 'b', { owner: { S: 'x' }, madeAt: { N: '1' } });
    await put(db, 'b', { owner: { S: 'y' }, madeAt: { N: '1' } });
    await put(db, 'no sort key', { owner: { S: 'x' } });

    const found = await db.handle('Query', BY_OWNER);

    expect(found.Items).toEqual([{ id: { S: 'a' }, owner: { S: 'x' }, madeAt: { N: '1' } }]);
  });

  it('loses no item whose index keys and short hash are those of another, on any page', async () => {
    const { db } = await openRoom();
    for (const id of ['item 1632', 'item 6903', 'item 4120', 'item 7988', 'item 7304', 'item 11135']) {
      await put(db, id, { owner: { S: 'x' }, madeAt: { N: '1' } });
    }

    const forwards = await allPages(db, 'Query', { ...BY_OWNER, Limit: 1 });
    const backwards = await allPages(db, 'Query', { ...BY_OWNER, Limit: 1, ScanIndexForward: false });
    const scanned = await allPages(db, 'Scan', { TableName: 'things', IndexName: 'by-owner', Limit: 1 });

    expect(new Set(forwards).size).toBe(6);
    expect(backwards).toEqual([...forwards].reverse());
    expect(scanned).toEqual(forwards);
  });

  it('filters after the limit, as in AWS', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' } });
    await put(db, 'b', { owner: { S: 'x' }, madeAt: { N: '2' } });

    const page = await db.handle('Query', {
      ...BY_OWNER,
      Limit: 1,
      FilterExpression: 'id = :b',
      ExpressionAttributeValues: { ':o': { S: 'x' }, ':b': { S: 'b' } },
    });

    expect(page).toMatchObject({ Count: 0, ScannedCount: 1, LastEvaluatedKey: { id: { S: 'a' } } });
  });
});

describe('a scan', () => {
  it('finds each item in one of its segments', async () => {
    const { db } = await openRoom();
    await Promise.all(Array.from({ length: 100 }, (_, n) => put(db, String(n))));

    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => allPages(db, 'Scan', { TableName: 'things', Segment, TotalSegments: 3, Limit: 10 })),
    );

    expect(segments.flat().sort()).toEqual(Array.from({ length: 100 }, (_, n) => String(n)).sort());
    expect(segments.every((ids) => ids.length > 0)).toBe(true);
  });

  it('does not see the items of a table whose name begins with the same letters', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'things-2' });
    await db.handle('PutItem', { TableName: 'things-2', Item: { id: { S: 'a' } } });

    const page = await db.handle('Scan', { TableName: 'things' });

    expect(page).toMatchObject({ Count: 0, Items: [] });
  });
});
