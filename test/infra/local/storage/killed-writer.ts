/** Writes until it is killed. Says each write on its standard output when it is acknowledged, and not before. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../../infra/local/clock';
import { openDynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { openStorage } from '../../../../infra/local/storage/open-storage';

/** The table that is written. */
export const TABLE = {
  tableName: 'things',
  attributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
  ],
  keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  globalSecondaryIndexes: [
    {
      IndexName: 'by-owner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  streamViewType: 'KEYS_ONLY' as const,
};

async function writeForEver(directory: string, round: string): Promise<void> {
  const storage = await openStorage({ directory });
  const db = await openDynamoDb({ storage, clock: systemClock, region: 'eu-west-1', accountId: '123456789012' });
  await db.createTable(TABLE);
  const put = (id: string) => ({
    Put: { TableName: 'things', Item: { id: { S: id }, owner: { S: round }, text: { S: 'x'.repeat(500) } } },
  });
  for (let n = 0; ; n += 1) {
    const id = `${round}-${n}`;
    await db.handle('TransactWriteItems', { TransactItems: [put(`${id}-a`), put(`${id}-b`)], ClientRequestToken: id });
    writeSync(1, `${id}\n`);
  }
}

const [, program, directory, round] = process.argv;
if (program?.endsWith('killed-writer.ts') && directory && round) void writeForEver(directory, round);
