import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { findConflict, type Table } from '../table/dynamodb-table';
import { ItemContendedError } from './idempotency-errors';
import { type Identity, type Once, requireSameRequest } from './identity';
import { keepAnswer, readAnswer } from './record';

/** So many keys an item surely remembers; it holds up to twice as many. */
export const RECENT_KEYS = 16;

/** Writes against others that come in between, before the caller is told to come again. */
const MAX_TRIES = 5;

/** What is kept of a request in the item that it updated. */
interface RecentKey {
  readonly fingerprint: string;
  readonly answer?: string;
}

/** What the item keeps: the keys of late, and those of the generation before them. */
interface KeepsKeys {
  readonly recentKeys?: Readonly<Record<string, RecentKey>>;
  readonly olderKeys?: Readonly<Record<string, RecentKey>>;
}

/** An update of one item. Its names and values must not be `#key`, `:entry`, `:first` and `:most`. */
export interface ItemUpdate {
  readonly key: Readonly<Record<string, string>>;
  /** Assignments of a SET clause, such as `onHand = onHand - :quantity`; at least one. */
  readonly set: readonly string[];
  /** Attributes that are removed. */
  readonly remove?: readonly string[];
  /** What must hold beside the key being new. */
  readonly condition: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What came of an update: it was made, now or before; or its own condition does not hold for `item`, the one that is there. */
export type UpdateOutcome<Item, Result> =
  | ({ readonly kind: 'made' } & Once<Result>)
  | { readonly kind: 'refused'; readonly item: Partial<Item> };

/**
 * Updates one item and keeps the request's key and answer in it, in the same write. A repeat changes nothing and gets the answer
 * of the first time, for at least {@link RECENT_KEYS} other requests: keys are kept in two generations, and when the younger one
 * is full, the same write that needs room makes it the older one. So nothing has to be read before, and no clean-up follows.
 *
 * `result` is small and known before the write; each key with it makes the item larger, and with it the price of each write.
 *
 * @throws {IdempotencyKeyReusedError} when the key was used before for something else
 * @throws {ItemContendedError} when other writers come in between each time
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/example_dynamodb_Scenario_UpdateExpressionOrder_section.html
 * what stands on the right of a SET is the item before the update
 */
export async function updateOnce<Item extends object, Result>(
  table: Table,
  identity: Identity,
  update: ItemUpdate,
  result: Result,
): Promise<UpdateOutcome<Item, Result>> {
  const entry: RecentKey = { fingerprint: identity.fingerprint, ...keepAnswer(result) };
  let form: Form = 'add';
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const conflict = await write<Item>(table, identity, update, entry, form);
    if (!conflict) return { kind: 'made', result, replayed: false };
    const before = findKey(conflict, identity);
    if (before) {
      requireSameRequest(before.fingerprint, identity.fingerprint);
      return { kind: 'made', result: readAnswer(before), replayed: true };
    }
    const fitting = formFor(conflict);
    if (fitting === form) return { kind: 'refused', item: conflict };
    form = fitting;
  }
  throw new ItemContendedError();
}

/** How the key gets into the item: among the others; as the first of a new generation; as the first of all. */
type Form = 'add' | 'turn over' | 'begin';

const FORMS: Readonly<Record<Form, { readonly set: string; readonly condition: string }>> = {
  add: {
    set: 'recentKeys.#key = :entry',
    condition: 'size(recentKeys) < :most AND attribute_not_exists(recentKeys.#key)',
  },
  'turn over': {
    set: 'olderKeys = recentKeys, recentKeys = :first',
    condition: 'size(recentKeys) >= :most AND attribute_not_exists(recentKeys.#key)',
  },
  begin: { set: 'recentKeys = :first', condition: 'attribute_not_exists(recentKeys)' },
};

function formFor({ recentKeys }: KeepsKeys): Form {
  if (!recentKeys) return 'begin';
  return Object.keys(recentKeys).length < RECENT_KEYS ? 'add' : 'turn over';
}

function findKey({ recentKeys, olderKeys }: KeepsKeys, { id }: Identity): RecentKey | undefined {
  return recentKeys?.[id] ?? olderKeys?.[id];
}

function write<Item>(
  table: Table,
  { id }: Identity,
  { key, set, remove = [], condition, names, values }: ItemUpdate,
  entry: RecentKey,
  form: Form,
): Promise<(Partial<Item> & KeepsKeys) | undefined> {
  const isNotOlder = 'attribute_not_exists(olderKeys.#key)';
  const removes = remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : '';
  return findConflict<Item & KeepsKeys>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: `SET ${[...set, FORMS[form].set].join(', ')}${removes}`,
        ConditionExpression: `(${condition}) AND ${FORMS[form].condition} AND ${isNotOlder}`,
        ExpressionAttributeNames: { ...names, '#key': id },
        ExpressionAttributeValues: {
          ...values,
          ...(form === 'add' ? { ':entry': entry } : { ':first': { [id]: entry } }),
          ...(form !== 'begin' && { ':most': RECENT_KEYS }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  ) as Promise<(Partial<Item> & KeepsKeys) | undefined>;
}
