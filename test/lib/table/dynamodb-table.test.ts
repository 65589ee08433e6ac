import '../../support/environment';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { findConflict, findItem, openTable, probeTable } from '../../../lib/table/dynamodb-table';
import { mockTable, refusedBy } from '../../support/mock-table';

const dynamodb = mockTable();

beforeEach(() => dynamodb.reset());

describe('the table of a service', () => {
  it('is the one that the environment names', () => {
    expect(openTable().name).toBe('holdfast-test-table');
  });

  it('cannot be opened where the environment names none', () => {
    const { TABLE_NAME } = process.env;
    delete process.env.TABLE_NAME;

    expect(() => openTable()).toThrow('the environment variable TABLE_NAME is not set');
    process.env.TABLE_NAME = TABLE_NAME;
  });

  it('is asked three times at most', async () => {
    expect(await openTable().client.config.maxAttempts()).toBe(3);
  });
});

describe('the conflict of a conditional write', () => {
  const put = () => openTable().client.send(new PutCommand({ TableName: 't', Item: { id: 'a' } }));

  it('is none when the write was made', async () => {
    dynamodb.on(PutCommand).resolves({});

    await expect(findConflict(put())).resolves.toBeUndefined();
  });

  it('is the item that stood in the way', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy({ id: 'a', count: 2, tags: ['x'] }));

    await expect(findConflict(put())).resolves.toEqual({ id: 'a', count: 2, tags: ['x'] });
  });

  it('is an item without attributes when there was none', async () => {
    dynamodb.on(PutCommand).rejects(refusedBy());

    await expect(findConflict(put())).resolves.toEqual({});
  });

  it('is not another error: that is thrown on', async () => {
    const error = Object.assign(new Error('throttled'), { name: 'ProvisionedThroughputExceededException' });
    dynamodb.on(PutCommand).rejects(error);

    await expect(findConflict(put())).rejects.toBe(error);
    expect(error).not.toBeInstanceOf(ConditionalCheckFailedException);
  });
});

describe('finding an item', () => {
  it('reads it as the last write left it', async () => {
    dynamodb.on(GetCommand).resolves({ Item: { id: 'a', size: 1 } });

    expect(await findItem(openTable(), { id: 'a' })).toEqual({ id: 'a', size: 1 });
    expect(dynamodb.inputs()).toEqual([{ TableName: 'holdfast-test-table', Key: { id: 'a' }, ConsistentRead: true }]);
  });

  it('answers nothing when there is none', async () => {
    dynamodb.on(GetCommand).resolves({});

    expect(await findItem(openTable(), { id: 'a' })).toBeUndefined();
  });
});

describe('asking whether a table answers', () => {
  it.each([
    [{ partitionKey: 'id' }, { id: 'health' }],
    [
      { partitionKey: 'book', sortKey: 'reference' },
      { book: 'health', reference: 'health' },
    ],
  ])('reads an item that is not there, by the keys %j', async (keys, Key) => {
    dynamodb.on(GetCommand).resolves({});

    await probeTable(openTable(), keys);

    expect(dynamodb.inputs()).toEqual([{ TableName: 'holdfast-test-table', Key }]);
  });

  it('fails when it does not answer', async () => {
    dynamodb.on(GetCommand).rejects(new Error('no connection'));

    await expect(probeTable(openTable(), { partitionKey: 'id' })).rejects.toThrow('no connection');
  });
});
