import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from './dynamodb-table';

/** Tries for keys that DynamoDB did not get to; with the pauses between them, some 1.5 seconds. */
const MAX_TRIES = 6;

/** The longest pause before the first repeat; it doubles. */
const FIRST_PAUSE_MS = 50;

/** What of the items is read. */
export interface Projection {
  /** Names of attributes; all when absent. */
  readonly attributes?: readonly string[];
}

/**
 * The items of up to 100 distinct keys as the last writes left them, in no particular order; keys without an item are left
 * out. What DynamoDB leaves unprocessed is asked for again after a growing, random pause.
 *
 * @throws {Error} when some keys are still unprocessed after all tries
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export async function batchGet<Item>(
  table: Table,
  keys: ReadonlyArray<Readonly<Record<string, unknown>>>,
  { attributes }: Projection = {},
  random: () => number = Math.random,
): Promise<Item[]> {
  const items: Item[] = [];
  let rest: Record<string, unknown>[] = [...keys];
  for (let tries = 0; rest.length > 0; tries += 1) {
    if (tries === MAX_TRIES) throw new Error(`${rest.length} of ${keys.length} items could not be read`);
    if (tries > 0) await pause(random() * FIRST_PAUSE_MS * 2 ** tries);
    const request = { Keys: rest, ConsistentRead: true, ...(attributes && project(attributes)) };
    const answer = await table.client.send(new BatchGetCommand({ RequestItems: { [table.name]: request } }));
    items.push(...((answer.Responses?.[table.name] ?? []) as Item[]));
    rest = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
}

/** Names are always aliased: which ones DynamoDB reserves is not to be remembered. */
function project(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((_, index) => `#${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#${index}`, name])),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
