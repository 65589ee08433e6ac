import { capacityUnits, createKey, type Item } from 'dynalite/db';
import { AwsError } from '../aws-error';
import { transactionCapacity, unitsOf } from './consumed-capacity';
import { validationError } from './engine-error';
import type { Result } from './operations';
import type { PendingWrites } from './pending-writes';
import { read } from './reading';
import { beginWrites, commit, type Room } from './room';
import {
  assertKeys,
  type CancellationReason,
  cancelled,
  isEmptyKey,
  NO_REASON,
  operationOf,
  parseMembers,
  type TransactionMember,
} from './transaction-members';
import type { TransactionTokens } from './transaction-tokens';

/**
 * Carries out all actions or none. Transactions that overlap wait for each other; AWS cancels one of them with the reason
 * TransactionConflict.
 *
 * @throws {AwsError} TransactionCanceledException with one reason for each action, ValidationException,
 * ResourceNotFoundException, IdempotentParameterMismatchException.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function transactWriteItems(
  room: Room,
  tokens: TransactionTokens,
  body: Record<string, unknown>,
): Promise<Result> {
  const members = parseMembers(body, ['Put', 'Update', 'Delete', 'ConditionCheck'], room.dynalite);
  const token = parseToken(body.ClientRequestToken);
  return room.exclusive(async () => {
    if (token !== undefined && tokens.isRepetition(token, body.TransactItems)) return {};
    const writes = beginWrites(room);
    assertKeys(members, room.tables, (request) => writes.keyOf(request));
    const attempts: Attempt[] = [];
    for (const member of members) attempts.push(await attempt(writes, member));
    const reasons = attempts.map((it) => it.reason);
    if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons);
    const others = token === undefined ? [] : tokens.operations(token, body.TransactItems);
    const indexUnits = await commit(room, writes, { others });
    tokens.committed(others);
    return transactionCapacity(body.ReturnConsumedCapacity, 'WriteCapacityUnits', attempts, indexUnits);
  });
}

/**
 * Reads the items as they are at one moment.
 *
 * @throws {AwsError} as transactWriteItems does.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export function transactGetItems(room: Room, body: Record<string, unknown>): Promise<Result> {
  const members = parseMembers(body, ['Get'], room.dynalite);
  return room.exclusive(async () => {
    assertKeys(members, room.tables, (request) =>
      createKey(request.Key as Item, room.tables.get(request.TableName).description),
    );
    const results = await Promise.all(members.map(({ request }) => read(room, 'GetItem', request)));
    const units = results.map((result, position) => ({
      tableName: String(members[position]?.request.TableName),
      units: unitsOf(result),
    }));
    return {
      Responses: results.map(({ Item }) => (Item === undefined ? {} : { Item })),
      ...transactionCapacity(body.ReturnConsumedCapacity, 'ReadCapacityUnits', units),
    };
  });
}

/** How one action fared, and what it would cost outside of a transaction. */
interface Attempt {
  reason: CancellationReason;
  tableName: string;
  units: number;
}

/** All actions are tried, also after one failed: the caller gets to know every reason. */
async function attempt(writes: PendingWrites, { kind, request }: TransactionMember): Promise<Attempt> {
  const tableName = request.TableName;
  try {
    if (kind === 'ConditionCheck' || kind === 'Get') {
      await writes.check(request);
      return { reason: NO_REASON, tableName, units: capacityUnits(undefined, false, true) };
    }
    const result = await writes.run(operationOf[kind], request);
    return { reason: NO_REASON, tableName, units: unitsOf(result) };
  } catch (error) {
    return { reason: toReason(error), tableName, units: 0 };
  }
}

/** @throws what is not a reason of this action but ends the whole request. */
function toReason(error: unknown): CancellationReason {
  if (!(error instanceof AwsError) || isEmptyKey(error)) throw error;
  if (error.code === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.fields };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

function parseToken(token: unknown): string | undefined {
  if (token === undefined || token === null) return undefined;
  if (typeof token === 'string' && token.length >= 1 && token.length <= 36) return token;
  throw validationError(`ClientRequestToken must be a string of 1 to 36 characters, got ${JSON.stringify(token)}`);
}
