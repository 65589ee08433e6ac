import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from '../table/dynamodb-table';
import { ItemContendedError } from './idempotency-errors';
import { type Identity, type Once, requireSameRequest } from './identity';
import { KEPT_SECONDS, keepAnswer, type RecordsTable, readAnswer, recordKey } from './record';

/** One write of a transaction, in the terms of DynamoDB. */
export type TransactionWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * What came of a transaction: it was made, now or before; or conditions of its own do not hold. `items` are those that stood in
 * the way, by the position of the write: `undefined` where none did, without attributes where there is no item or where the
 * write did not ask for it by `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`.
 */
export type TransactionOutcome<Result> =
  | ({ readonly kind: 'made' } & Once<Result>)
  | { readonly kind: 'refused'; readonly items: ReadonlyArray<Record<string, unknown> | undefined> };

/**
 * Makes up to 99 writes and the record of their request in one transaction: all of it happens, once, or nothing does. A repeat
 * within {@link KEPT_SECONDS} changes nothing and gets the answer of the first time.
 *
 * @throws {IdempotencyKeyReusedError} when the key was used before for something else
 * @throws {ItemContendedError} when another transaction was at the same items, or DynamoDB had no capacity: nothing was written
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transactOnce<Result>(
  table: Table,
  contract: RecordsTable,
  identity: Identity,
  { writes, result, now }: { writes: readonly TransactionWrite[]; result: Result; now: number },
): Promise<TransactionOutcome<Result>> {
  const nowSeconds = Math.floor(now / 1000);
  const isNew = `attribute_not_exists(${contract.partitionKey})`;
  // Compared here: DynamoDB deletes what has expired days later.
  const hasExpired = 'expiresAtSeconds <= :now';
  const record: TransactionWrite = {
    Put: {
      TableName: table.name,
      Item: {
        ...recordKey(contract, identity),
        fingerprint: identity.fingerprint,
        ...keepAnswer(result),
        expiresAtSeconds: nowSeconds + KEPT_SECONDS,
      },
      ConditionExpression: `${isNew} OR ${hasExpired}`,
      ExpressionAttributeValues: { ':now': nowSeconds },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const outcome = await transact(table, record, writes);
  if (outcome.kind === 'refused') return outcome;
  if (outcome.kind === 'made') return { kind: 'made', result, replayed: false };
  const kept = outcome.record as { fingerprint?: string; answer?: string };
  requireSameRequest(kept.fingerprint, identity.fingerprint);
  return { kind: 'made', result: readAnswer(kept), replayed: true };
}

/** What came of a transaction with a record: made now; made before, and this is its record; or refused, as above. */
type RecordedOutcome =
  | { readonly kind: 'made' }
  | { readonly kind: 'repeated'; readonly record: Record<string, unknown> }
  | { readonly kind: 'refused'; readonly items: ReadonlyArray<Record<string, unknown> | undefined> };

/**
 * Makes up to 99 writes together with `record`, of which the condition says that it is not there yet. For what must be remembered
 * in another way, or longer, than {@link transactOnce} does it.
 *
 * @throws {ItemContendedError} when another transaction was at the same items, or DynamoDB had no capacity: nothing was written
 */
export async function transact(
  table: Table,
  record: TransactionWrite,
  writes: readonly TransactionWrite[],
): Promise<RecordedOutcome> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: [record, ...writes] }));
    return { kind: 'made' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    return explain(error);
  }
}

/**
 * The record comes first: when it is there, the transaction was made before, whatever its other conditions say now. A conflict
 * comes before a refusal, which may be seen differently when the other transaction has ended.
 */
function explain(error: TransactionCanceledException): RecordedOutcome {
  const [first, ...others] = error.CancellationReasons ?? [];
  if (first && isRefusal(first)) return { kind: 'repeated', record: itemOf(first) };
  const codes = [first, ...others].map((reason) => reason?.Code ?? 'None');
  if (codes.some((code) => NOT_NOW.includes(code))) throw new ItemContendedError(error);
  if (!others.some(isRefusal)) throw error;
  return { kind: 'refused', items: others.map((reason) => (isRefusal(reason) ? itemOf(reason) : undefined)) };
}

/** Reasons that say nothing about the items: the same transaction may be made a moment later. */
const NOT_NOW = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

function isRefusal({ Code }: CancellationReason): boolean {
  return Code === 'ConditionalCheckFailed';
}

function itemOf({ Item }: CancellationReason): Record<string, unknown> {
  return Item === undefined ? {} : unmarshall(Item);
}
