import '../../support/environment';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../../lib/table/dynamodb-batch-get';
import { openTable } from '../../../lib/table/dynamodb-table';
import { mockTable } from '../../support/mock-table';

const TABLE = 'holdfast-test-table';
const NO_PAUSE = () => 0;

describe('reading many items at once', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  it('reads them as the last writes left them, whole unless told', async () => {
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [{ id: 'a' }] } });

    const items = await batchGet(openTable(), [{ id: 'a' }, { id: 'b' }]);

    expect(items).toEqual([{ id: 'a' }]);
    expect(dynamodb.inputs()).toEqual([
      { RequestItems: { [TABLE]: { Keys: [{ id: 'a' }, { id: 'b' }], ConsistentRead: true } } },
    ]);
  });

  it('reads the attributes that it is told, by alias', async () => {
    dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [] } });

    await batchGet(openTable(), [{ id: 'a' }], { attributes: ['name', 'size'] });

    expect(dynamodb.inputs()).toMatchObject([
      {
        RequestItems: {
          [TABLE]: { ProjectionExpression: '#0, #1', ExpressionAttributeNames: { '#0': 'name', '#1': 'size' } },
        },
      },
    ]);
  });

  it('asks again for what was left unprocessed', async () => {
    dynamodb
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { [TABLE]: [{ id: 'a' }] },
        UnprocessedKeys: { [TABLE]: { Keys: [{ id: 'b' }] } },
      })
      .resolves({ Responses: { [TABLE]: [{ id: 'b' }] } });

    const items = await batchGet(openTable(), [{ id: 'a' }, { id: 'b' }], {}, NO_PAUSE);

    expect(items).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(dynamodb.inputs()[1]).toMatchObject({ RequestItems: { [TABLE]: { Keys: [{ id: 'b' }] } } });
  });

  it('gives up on keys that are never processed', async () => {
    dynamodb.on(BatchGetCommand).resolves({ UnprocessedKeys: { [TABLE]: { Keys: [{ id: 'a' }] } } });

    await expect(batchGet(openTable(), [{ id: 'a' }], {}, NO_PAUSE)).rejects.toThrow('1 of 1 items could not be read');
    expect(dynamodb.inputs()).toHaveLength(6);
  });

  it('asks for nothing when there is nothing to ask', async () => {
    expect(await batchGet(openTable(), [])).toEqual([]);
    expect(dynamodb.inputs()).toEqual([]);
  });
});
