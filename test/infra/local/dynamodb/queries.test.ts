import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { errorOf, openRoom, put, THINGS } from './a-room';

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

describe('a projection of an index', () => {
  const item = { owner: { S: 'x' }, madeAt: { N: '1' }, note: { S: 'n' }, more: { S: 'm' } };
  const keys = ['id', 'madeAt', 'owner'];

  it.each<[object, string[]]>([
    [{ ProjectionType: 'KEYS_ONLY' }, keys],
    [{ ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] }, [...keys, 'note']],
    [{ ProjectionType: 'ALL' }, ['id', 'madeAt', 'more', 'note', 'owner']],
  ])('of %j is what a query finds', async (Projection, attributes) => {
    const [index] = THINGS.globalSecondaryIndexes;
    const table = { ...THINGS, globalSecondaryIndexes: index ? [{ ...index, Projection }] : [] };
    const { db } = await openRoom({ table });
    await put(db, 'a', item);

    const found = await db.handle('Query', BY_OWNER);

    expect((found.Items as object[]).map((it) => Object.keys(it).sort())).toEqual([[...attributes].sort()]);
  });
});

describe('the choice of attributes', () => {
  it('may be a count', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' } });

    const counted = await db.handle('Query', { ...BY_OWNER, Select: 'COUNT' });

    expect(counted).toEqual({ Count: 1, ScannedCount: 1 });
  });

  /** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html#DDB-Query-request-Select */
  it.each<[string, object, string]>([
    ['Query', { Select: 'SPECIFIC_ATTRIBUTES' }, 'Must specify the AttributesToGet or'],
    [
      'Scan',
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing',
    ],
    ['Query', { Select: 'COUNT', ProjectionExpression: 'id' }, 'when choosing to get only the Count'],
    ['Scan', { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'id' }, 'when choosing to get ALL_ATTRIBUTES'],
    ['Scan', { Select: 'ALL_PROJECTED_ATTRIBUTES' }, 'can be used only when Querying using an IndexName'],
    ['Query', { Select: 'ALL_ATTRIBUTES' }, 'because its projection type is not ALL'],
    ['Query', { ConsistentRead: true }, 'Consistent reads are not supported on global secondary indexes'],
  ])('of a %s is not %j', async (operation, choice, message) => {
    const { db } = await openRoom();
    const request = operation === 'Query' ? BY_OWNER : { TableName: 'things' };

    const error = await errorOf(db.handle(operation, { ...request, ...choice }));

    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(message);
  });
});

describe('a scan', () => {
  it.each([
    [{ Segment: 0 }, 'The TotalSegments parameter is required'],
    [{ TotalSegments: 2 }, 'The Segment parameter is required'],
    [{ Segment: 2, TotalSegments: 2 }, 'must be less than parameter TotalSegments'],
  ])('of %j is refused', async (segment, message) => {
    const { db } = await openRoom();

    const error = await errorOf(db.handle('Scan', { TableName: 'things', ...segment }));

    expect(error.message).toContain(message);
  });

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
