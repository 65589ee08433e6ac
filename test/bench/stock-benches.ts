import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { putStock, release, reserve, sell } from '../../functions/inventory/store';
import { systemClock } from '../../infra/local/clock';
import { type DynamoDb, openDynamoDb } from '../../infra/local/dynamodb/dynamodb';
import { openStorage } from '../../infra/local/storage/open-storage';
import { type Figure, rate } from './measure';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };

const CALLERS = 64;
const LINE = { sku: 'MUG-01', quantity: 1 };

/** By the clock of the row an order comes each second, whatever this computer does: the row then is as large as in a shop. */
const BETWEEN_ORDERS_MS = 1_000;

type Ending = typeof sell | typeof release;

/** Orders for one SKU by many callers at the same time: what each costs DynamoDB's room, without HTTP and functions. */
export async function benchStock(tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    tell(await orders('reserve and sell, in memory', sell));
    tell(await orders('reserve and release, in memory', release));
    tell(await orders('reserve and sell, on disk', sell, join(directory, 'sell')));
    tell(await orders('reserve and release, on disk', release, join(directory, 'release')));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function orders(name: string, end: Ending, directory?: string): Promise<Figure[]> {
  const storage = await openStorage(directory === undefined ? {} : { directory });
  const db = await openDynamoDb({ ...PLACE, storage, clock: systemClock });
  await db.createTable({
    tableName: 'stock',
    attributeDefinitions: [{ AttributeName: 'sku', AttributeType: 'S' }],
    keySchema: [{ AttributeName: 'sku', KeyType: 'HASH' }],
    globalSecondaryIndexes: [],
  });
  const table = { name: 'stock', client: clientOf(db) };
  const startsAt = Date.now();
  try {
    const item = { sku: LINE.sku, name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 1_000_000_000 };
    await putStock(table, item, startsAt);
    // The row has its full size once five minutes of orders have ended.
    return await rate(`orders of one SKU, ${name}`, { concurrency: CALLERS, warmUp: 400 }, async (index) => {
      const orderId = `ord_${index.toString(16).padStart(32, '0')}`;
      const now = startsAt + index * BETWEEN_ORDERS_MS;
      await reserve(table, orderId, LINE, now);
      await end(table, orderId, LINE, now);
    });
  } finally {
    await db.close();
    await storage.close();
  }
}

/** The SDK's client on the room itself. No call of these benches is refused but a removal of notes that came twice. */
function clientOf(db: DynamoDb): DynamoDBDocumentClient {
  const handle = async ({ headers, body }: { headers: Record<string, string>; body: string | Uint8Array }) => {
    const operation = headers['x-amz-target']?.split('.')[1] ?? '';
    const answer = await db.handle(
      operation,
      JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)),
    );
    return { response: { statusCode: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(answer)) } };
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const requestHandler = { handle } as never;
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({ region: PLACE.region, credentials, maxAttempts: 1, requestHandler }),
  );
}
