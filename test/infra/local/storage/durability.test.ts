import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../infra/local/clock';
import { openDynamoDb, streamArn } from '../../../../infra/local/dynamodb/dynamodb';
import { openStorage } from '../../../../infra/local/storage/open-storage';
import { TABLE } from './killed-writer';

const PLACE = { region: 'eu-west-1', accountId: '123456789012' };
const ROUNDS = 4;

describe('a directory whose process was killed', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'durability-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('has each acknowledged transaction whole, with index entries, stream records and tokens', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await writeUntilKilled(directory, `round${round}`, 100 + 70 * round)));
    }

    const storage = await openStorage({ directory });
    const db = await openDynamoDb({ storage, clock: systemClock, ...PLACE });
    await db.createTable(TABLE);
    const items = await idsOf((start) => db.handle('Scan', { TableName: 'things', ...start }));
    const indexed = await idsOf((start) => db.handle('Scan', { TableName: 'things', IndexName: 'by-owner', ...start }));
    const records = await db.readStream(streamArn(PLACE, 'things'), undefined, 1_000_000);
    const last = acknowledged.at(-1) ?? '';
    const reused = db.handle('TransactWriteItems', {
      TransactItems: [{ Delete: { TableName: 'things', Key: { id: { S: 'other' } } } }],
      ClientRequestToken: last,
    });

    await expect(reused).rejects.toMatchObject({ code: 'IdempotentParameterMismatchException' });
    await db.close();
    await storage.close();
    const written = new Set(items.map((id) => id.slice(0, -2)));
    expect(acknowledged.filter((id) => !written.has(id))).toEqual([]);
    // One of each round may be written and not acknowledged: the process was killed between the two.
    expect(written.size).toBeLessThanOrEqual(acknowledged.length + ROUNDS);
    expect(items).toHaveLength(2 * written.size);
    expect(indexed.sort()).toEqual([...items].sort());
    expect(records.map((record) => record.dynamodb.Keys.id?.S).sort()).toEqual([...items].sort());
  });
});

/** Kills a writer once it has done so many transactions; returns those it acknowledged. */
async function writeUntilKilled(directory: string, round: string, count: number): Promise<string[]> {
  const writer = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'killed-writer.ts'), directory, round], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  writer.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > count) writer.kill('SIGKILL');
  });
  await once(writer, 'close');
  return output.split('\n').slice(0, -1);
}

async function idsOf(scan: (start: object) => Promise<Record<string, unknown>>): Promise<string[]> {
  const ids: string[] = [];
  let start: unknown;
  do {
    const page = await scan(start === undefined ? {} : { ExclusiveStartKey: start });
    ids.push(...(page.Items as Array<{ id: { S: string } }>).map((item) => item.id.S));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return ids;
}
