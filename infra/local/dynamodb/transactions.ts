import { consumedCapacity, type Units } from './consumed-capacity';
import { findItem, runAction } from './engine';
import { cancelled, NO_REASON, toReason } from './errors';
import { writeUnits } from './item-rules';
import type { Body } from './operations';
import { PendingWrites } from './pending-writes';
import type { Room } from './room';
import type { TransactionMember } from './transaction-members';
import { assertAggregateSize, identifyItems, operationOf, parseMembers } from './transaction-members';

/**
 * Carries out all actions or none. Transactions that overlap wait for each other, unless the room is to refuse them.
 *
 * @throws {AwsError} TransactionCanceledException with one reason for each action, ValidationException,
 * ResourceNotFoundException, IdempotentParameterMismatchException, TransactionInProgressException.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transactWriteItems(room: Room, body: Body): Promise<Body> {
  const members = parseMembers(body, ['Put', 'Update', 'Delete', 'ConditionCheck']);
  const items = identifyItems(members, room.tables);
  const token = (body.ClientRequestToken ?? undefined) as string | undefined;
  const { tokens, running } = room;
  const mode = body.ReturnConsumedCapacity;
  const repeat = () => {
    const units = token === undefined ? undefined : tokens.findRepeated(token, body.TransactItems);
    return units && { ConsumedCapacity: consumedCapacity(mode, toReadUnits(units), 'ReadCapacityUnits') };
  };
  const carryOut = async () => {
    const repeated = repeat();
    if (repeated) return repeated;
    const writes = await collect(room, members);
    const others = token === undefined ? [] : tokens.operations(token, body.TransactItems, writes.units);
    const units = await writes.commit({ others });
    tokens.committed(others);
    return { ConsumedCapacity: consumedCapacity(mode, units, 'WriteCapacityUnits') };
  };
  const inTurn = () => room.exclusive(carryOut);
  return repeat() ?? (running ? running.run(items, token, inTurn) : inTurn());
}

/**
 * Reads the items as they are at one moment.
 *
 * @throws {AwsError} as transactWriteItems does.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export async function transactGetItems(room: Room, body: Body): Promise<Body> {
  const members = parseMembers(body, ['Get']);
  const itemIds = identifyItems(members, room.tables);
  room.running?.assertReadable(itemIds);
  return room.exclusive(async () => {
    const items = await Promise.all(itemIds.map((itemId) => findItem(room.db, itemId)));
    assertAggregateSize(items);
    const results = await Promise.all(members.map(({ request }) => runAction(room, 'GetItem', request)));
    const units = members.map(({ request }, at) => ({ tableName: request.TableName, units: writeUnits(items[at]) }));
    return {
      Responses: results.map(({ Item }) => (Item === undefined ? {} : { Item })),
      ConsumedCapacity: consumedCapacity(body.ReturnConsumedCapacity, toReadUnits(units), 'ReadCapacityUnits'),
    };
  });
}

/** A unit of reading is 4 KB, four times one of writing. */
function toReadUnits(items: Units[]): Units[] {
  return items.map(({ tableName, units }) => ({ tableName, units: Math.ceil(units / 4) }));
}

/** All actions are tried, also after one failed: the caller gets to know every reason. */
async function collect(room: Room, members: TransactionMember[]): Promise<PendingWrites> {
  const writes = new PendingWrites(room);
  const reasons = [];
  for (const { kind, request } of members) {
    const operation = kind === 'ConditionCheck' || kind === 'Get' ? 'ConditionCheck' : operationOf[kind];
    reasons.push(await writes.run(operation, request).then(() => NO_REASON, toReason));
  }
  if (reasons.some((reason) => reason !== NO_REASON)) throw cancelled(reasons);
  return writes;
}
