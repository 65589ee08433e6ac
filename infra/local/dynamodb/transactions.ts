import { AwsError } from '../aws-error';
import { consumedCapacity, type ItemUnits } from './consumed-capacity';
import { validationError } from './engine-error';
import { writeUnits } from './item-size';
import type { Result } from './operations';
import type { PendingWrites } from './pending-writes';
import { findItem, read } from './reading';
import { beginWrites, commit, type Room } from './room';
import {
  assertAggregateSize,
  type CancellationReason,
  cancelled,
  identifyItems,
  isEmptyKey,
  NO_REASON,
  operationOf,
  parseMembers,
  type TransactionMember,
} from './transaction-members';
import type { TransactionTokens } from './transaction-tokens';

/**
 * Carries out all actions or none. Transactions that overlap wait for each other, unless the room is to refuse them.
 *
 * @throws {AwsError} TransactionCanceledException with one reason for each action, ValidationException,
 * ResourceNotFoundException, IdempotentParameterMismatchException, TransactionInProgressException.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transactWriteItems(
  room: Room,
  tokens: TransactionTokens,
  body: Record<string, unknown>,
): Promise<Result> {
  const members = parseMembers(body, ['Put', 'Update', 'Delete', 'ConditionCheck'], room.dynalite);
  const items = identifyItems(members, room.tables);
  const token = parseToken(body.ClientRequestToken);
  const mode = body.ReturnConsumedCapacity;
  const repeat = () => {
    const units = token === undefined ? undefined : tokens.findRepeated(token, body.TransactItems);
    return units && withCapacity({}, consumedCapacity(mode, toReadUnits(units), undefined, 'ReadCapacityUnits'));
  };
  const carryOut = async () => {
    const repeated = repeat();
    if (repeated) return repeated;
    const writes = beginWrites(room);
    const reasons: CancellationReason[] = [];
    for (const member of members) reasons.push(await attempt(writes, member));
    if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons);
    const { units } = writes;
    const others = token === undefined ? [] : tokens.operations(token, body.TransactItems, units);
    const indexUnits = await commit(room, writes, { others });
    tokens.committed(others);
    return withCapacity({}, consumedCapacity(mode, units, indexUnits, 'WriteCapacityUnits'));
  };
  const inTurn = () => room.exclusive(carryOut);
  return repeat() ?? (room.running ? room.running.run(items, token, inTurn) : inTurn());
}

/**
 * Reads the items as they are at one moment.
 *
 * @throws {AwsError} as transactWriteItems does.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export async function transactGetItems(room: Room, body: Record<string, unknown>): Promise<Result> {
  const members = parseMembers(body, ['Get'], room.dynalite);
  const identities = identifyItems(members, room.tables);
  room.running?.assertReadable(identities);
  return room.exclusive(async () => {
    const items = await Promise.all(members.map(({ request }) => findItem(room, request)));
    assertAggregateSize(items);
    const results = await Promise.all(members.map(({ request }) => read(room, 'GetItem', request)));
    const Responses = results.map(({ Item }) => (Item === undefined ? {} : { Item }));
    const units = members.map(({ request }, at) => ({ tableName: request.TableName, units: writeUnits(items[at]) }));
    const mode = body.ReturnConsumedCapacity;
    return withCapacity({ Responses }, consumedCapacity(mode, toReadUnits(units), undefined, 'ReadCapacityUnits'));
  });
}

/** A unit of reading is 4 KB, four times one of writing. */
function toReadUnits(items: ItemUnits[]): ItemUnits[] {
  return items.map(({ tableName, units }) => ({ tableName, units: Math.ceil(units / 4) }));
}

function withCapacity(answer: Result, consumed: unknown): Result {
  return consumed ? { ...answer, ConsumedCapacity: consumed } : answer;
}

/** All actions are tried, also after one failed: the caller gets to know every reason. */
async function attempt(writes: PendingWrites, { kind, request }: TransactionMember): Promise<CancellationReason> {
  try {
    if (kind === 'ConditionCheck' || kind === 'Get') await writes.check(request);
    else await writes.run(operationOf[kind], request);
    return NO_REASON;
  } catch (error) {
    return toReason(error);
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
