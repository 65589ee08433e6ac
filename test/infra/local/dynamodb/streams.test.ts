import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStorage } from '../../../../infra/local/storage/open-storage';
import { errorOf, find, openRoom, put, START_MS, storyOf, THINGS, THINGS_STREAM } from './a-room';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('a stream', () => {
  it('has a record of each change in the shape of a Lambda event', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { n: { N: '1' } });
    await put(db, 'a', { n: { N: '2' } });
    await db.handle('DeleteItem', { TableName: 'things', Key: { id: { S: 'a' } } });

    const records = await db.readStream(THINGS_STREAM, undefined, 10);

    expect(records[1]).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      dynamodb: {
        ApproximateCreationDateTime: START_MS / 1000,
        Keys: { id: { S: 'a' } },
        NewImage: { id: { S: 'a' }, n: { N: '2' } },
        OldImage: { id: { S: 'a' }, n: { N: '1' } },
        SequenceNumber: '100000000000000000002',
        SizeBytes: 15,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/things/stream/2025-01-01T00:00:00.000',
    });
    expect(
      records.map((record) => [record.eventName, Object.keys(record.dynamodb).filter((key) => key.endsWith('Image'))]),
    ).toEqual([
      ['INSERT', ['NewImage']],
      ['MODIFY', ['NewImage', 'OldImage']],
      ['REMOVE', ['OldImage']],
    ]);
    expect(new Set(records.map((record) => record.eventID)).size).toBe(3);
  });

  it.each([
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['KEYS_ONLY', []],
  ] as const)('of the view type %s has only these images', async (streamViewType, images) => {
    const { db } = await openRoom({ table: { ...THINGS, streamViewType } });
    await put(db, 'a', { n: { N: '1' } });
    await put(db, 'a', { n: { N: '2' } });

    const records = await db.readStream(THINGS_STREAM, undefined, 10);

    expect(Object.keys(records[1]?.dynamodb ?? {}).filter((key) => key.endsWith('Image'))).toEqual(images);
  });

  it('has no record of a write that changes nothing', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { tags: { SS: ['x', 'y'] }, deep: { M: { one: { N: '1' }, two: { L: [] } } } });

    await put(db, 'a', { deep: { M: { two: { L: [] }, one: { N: '1' } } }, tags: { SS: ['y', 'x'] } });
    await db.handle('UpdateItem', {
      TableName: 'things',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET tags = tags REMOVE absent',
    });
    await db.handle('DeleteItem', { TableName: 'things', Key: { id: { S: 'missing' } } });

    expect(await storyOf(db)).toEqual(['INSERT a']);
  });

  it('has a record if and only if there are the item and its index entry: a write that fails leaves nothing', async () => {
    const { db, storage } = await openRoom();
    const { batch } = storage.db;
    const told: string[] = [];
    db.onStreamWrite(THINGS_STREAM, () => told.push('written'));
    const indexed = { owner: { S: 'x' }, madeAt: { N: '1' } };

    storage.db.batch = () => Promise.reject(new Error('the disk is full'));
    const failed = await errorOf(put(db, 'a', indexed));
    storage.db.batch = batch;
    const left = [await find(db, 'a'), await storyOf(db), told.length];
    await put(db, 'b', indexed);
    const entries = await db.handle('Scan', { TableName: 'things', IndexName: 'by-owner' });
    const [record] = await db.readStream(THINGS_STREAM, undefined, 10);

    expect(failed.message).toBe('the disk is full');
    expect(left).toEqual([undefined, [], 0]);
    expect(entries.Items).toMatchObject([{ id: { S: 'b' } }]);
    expect(record?.dynamodb.SequenceNumber).toBe('100000000000000000001');
  });

  it('gets all of a write in one batch', async () => {
    const { db, storage } = await openRoom();
    const batch = jest.spyOn(storage.db, 'batch');

    await db.handle('TransactWriteItems', {
      TransactItems: ['a', 'b'].map((id) => ({
        Put: { TableName: 'things', Item: { id: { S: id }, owner: { S: 'x' }, madeAt: { N: '1' } } },
      })),
      ClientRequestToken: 'token',
    });

    const [operations] = batch.mock.calls[0] ?? [];
    expect(batch).toHaveBeenCalledTimes(1);
    expect(operations?.map(({ key }) => key.split('~')[0])).toEqual([
      ...['item-things', 'item-things', 'index-global', 'index-global', 'stream-things', 'stream-things'],
      'transaction-token',
    ]);
  });

  it('is read from a place on, at most so many records', async () => {
    const { db } = await openRoom();
    for (const id of ['a', 'b', 'c']) await put(db, id);

    const [first] = await db.readStream(THINGS_STREAM, undefined, 1);
    const rest = await db.readStream(THINGS_STREAM, first?.dynamodb.SequenceNumber, 1);

    expect(rest.map((record) => record.dynamodb.Keys)).toEqual([{ id: { S: 'b' } }]);
  });

  it('tells its listeners of a write when the write can be read, until they are gone', async () => {
    const { db } = await openRoom();
    const stories: Array<Promise<string[]>> = [];
    const stop = db.onStreamWrite(THINGS_STREAM, () => stories.push(storyOf(db)));

    await put(db, 'a');
    await errorOf(put(db, ''));
    stop();
    await put(db, 'b');

    expect((await Promise.all(stories)).map((story) => story[0])).toEqual(['INSERT a']);
  });

  it('that does not exist is refused', async () => {
    const { db } = await openRoom({ table: { ...THINGS, streamViewType: undefined } });

    await put(db, 'a');

    expect((await errorOf(db.readStream(THINGS_STREAM, undefined, 1))).code).toBe('ResourceNotFoundException');
  });

  it('loses records that are older than a day, but never counts anew', async () => {
    const { db, clock, storage } = await openRoom();
    await put(db, 'a');
    await clock.advance(1000);
    await put(db, 'b');

    await clock.advance(DAY_MS);
    const kept = await storyOf(db);
    await clock.advance(1000);
    const keptLater = await storyOf(db);
    await db.close();
    const again = await openRoom({ storage, clock });
    await put(again.db, 'c');
    const records = await again.db.readStream(THINGS_STREAM, undefined, 10);

    expect(kept).toEqual(['INSERT b']);
    expect(keptLater).toEqual([]);
    expect(records.map((record) => record.dynamodb.SequenceNumber)).toEqual(['100000000000000000003']);
  });
});

describe('a directory that is opened again', () => {
  it('has the items, the index, the stream, and counts on', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dynamodb-'));
    const storage = await openStorage({ directory });
    const { db, clock } = await openRoom({ storage });
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' } });
    await db.close();
    await storage.close();

    const reopened = await openStorage({ directory });
    const again = await openRoom({ storage: reopened, clock });
    await put(again.db, 'b');
    const records = await again.db.readStream(THINGS_STREAM, undefined, 10);
    const indexed = await again.db.handle('Scan', { TableName: 'things', IndexName: 'by-owner' });

    expect(await find(again.db, 'a')).toMatchObject({ owner: { S: 'x' } });
    expect(indexed.Count).toBe(1);
    expect(records.map((record) => record.dynamodb.SequenceNumber)).toEqual([
      '100000000000000000001',
      '100000000000000000002',
    ]);
    await again.db.close();
    await reopened.close();
    await rm(directory, { recursive: true });
  });
});
