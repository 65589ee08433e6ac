import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import type { ManualClock } from '../../../support/manual-clock';
import { find, openRoom, put, START_MS, storyOf, THINGS, THINGS_STREAM } from './a-room';

const inSeconds = (seconds: number) => ({ expiresAtSeconds: { N: String(START_MS / 1000 + seconds) } });

/** The story once it is so long, with the clock standing still: a deletion takes some turns of the event loop. */
async function storyOfLength({ db, clock }: { db: DynamoDb; clock: ManualClock }, length: number): Promise<string[]> {
  let story = await storyOf(db);
  for (let turn = 0; story.length < length && turn < 1000; turn += 1) {
    await clock.advance(0);
    story = await storyOf(db);
  }
  return story;
}

describe('the time to live', () => {
  it('deletes an item when its time has passed, as the service does it', async () => {
    const { db, clock } = await openRoom();
    await put(db, 'later', inSeconds(60));
    await put(db, 'sooner', inSeconds(30));

    await clock.advance(29_999);
    const before = await storyOf(db);
    await clock.advance(1);
    const after = await storyOfLength({ db, clock }, 3);
    await clock.advance(30_000);
    await storyOfLength({ db, clock }, 4);

    expect(before).toEqual(['INSERT later', 'INSERT sooner']);
    expect(after).toEqual(['INSERT later', 'INSERT sooner', 'REMOVE sooner']);
    const records = await db.readStream(THINGS_STREAM, undefined, 10);
    expect(records.map((record) => record.userIdentity)).toEqual([
      undefined,
      undefined,
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    ]);
    expect(await find(db, 'later')).toBeUndefined();
    const iterator = await db.handleStreams('GetShardIterator', {
      StreamArn: THINGS_STREAM,
      ShardId: 'shardId-00000000000000000000-00000000',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await db.handleStreams('GetRecords', iterator);
    expect((Records as unknown[])[2]).toMatchObject({
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    });
  });

  it('lets an item live whose time was moved, removed, is no number, or is older than five years', async () => {
    const { db, clock } = await openRoom();
    await put(db, 'moved', inSeconds(10));
    await put(db, 'moved', inSeconds(100));
    await put(db, 'freed', inSeconds(10));
    await put(db, 'freed');
    await put(db, 'text', { expiresAtSeconds: { S: '1' } });
    await put(db, 'ancient', { expiresAtSeconds: { N: '3600' } });
    await put(db, 'due', inSeconds(20));

    await clock.advance(20_000);
    const story = await storyOfLength({ db, clock }, 8);

    expect(story.filter((entry) => entry.startsWith('REMOVE'))).toEqual(['REMOVE due']);
  });

  it('waits longer than a timer of the computer can', async () => {
    const { db, clock } = await openRoom();
    const sixtyDays = 60 * 24 * 60 * 60;
    await put(db, 'a', inSeconds(sixtyDays));

    await clock.advance(sixtyDays * 1000 - 1);
    const before = await find(db, 'a');
    await clock.advance(1);
    await storyOfLength({ db, clock }, 2);

    expect(before).toBeDefined();
    expect(await find(db, 'a')).toBeUndefined();
  });

  it('deletes what expired while the room was closed', async () => {
    const { db, clock, storage } = await openRoom();
    await put(db, 'a', inSeconds(10));
    await put(db, 'b', inSeconds(1000));
    await db.close();
    await clock.advance(60_000);

    const again = await openRoom({ storage, clock });
    const beforeTimer = await find(again.db, 'a');
    await clock.advance(0);
    const story = await storyOfLength(again, 3);

    expect(beforeTimer).toBeDefined();
    expect(story).toEqual(['INSERT a', 'INSERT b', 'REMOVE a']);
  });

  it('does nothing for a table without it', async () => {
    const { db, clock } = await openRoom({ table: { ...THINGS, ttlAttribute: undefined } });
    await put(db, 'a', inSeconds(10));

    await clock.advance(60_000);

    expect(await storyOf(db)).toEqual(['INSERT a']);
  });
});
