import { type Item, validateItem, validateKey } from 'dynalite/db';
import type { AwsError } from '../aws-error';
import { itemIdOf } from './engine';
import { cancelled, isEmptyKey, NO_REASON, toAwsError, validationError } from './errors';
import { itemBytes } from './item-rules';
import { type Body, checkExpressions, checkForm, type Request, typesOf } from './operations';
import type { Tables } from './tables';

/** One action of a transaction on one item. */
export interface TransactionMember {
  kind: keyof typeof operationOf;
  request: Request;
}

/** The operation whose request a member has. */
export const operationOf = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
  Get: 'GetItem',
} as const;

/**
 * Checks the members as far as that is possible without the tables.
 *
 * @throws {AwsError} ValidationException or SerializationException.
 */
export function parseMembers(body: Body, kinds: ReadonlyArray<TransactionMember['kind']>): TransactionMember[] {
  const { TransactItems } = checkForm(body, {
    TransactItems: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      lengthLessThanOrEqual: 100,
      children: { type: 'ValueStruct<TransactItem>', children: Object.fromEntries(kinds.map(toMemberType)) },
    },
    ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
  });
  const members = (TransactItems as Body[]).map((item, position) => {
    const given = kinds.filter((kind) => item[kind]);
    const [kind] = given;
    if (kind && given.length === 1) return { kind, request: checkExpressions(operationOf[kind], item[kind] as Body) };
    const found = given.join(', ') || 'none';
    throw validationError(
      `TransactItems can only contain one of ${kinds.join(', ')}, got ${found} in item ${position + 1}`,
    );
  });
  assertAggregateSize(members.map(({ request }) => request.Item ?? request.Key));
  return members;
}

function toMemberType(kind: TransactionMember['kind']): [string, object] {
  const needed = { Update: 'UpdateExpression', ConditionCheck: 'ConditionExpression' }[String(kind)];
  const types = { ...typesOf(operationOf[kind]), ...(needed && { [needed]: { type: 'String', notNull: true } }) };
  return [kind, { type: `FieldStruct<${kind}>`, children: types }];
}

/** @throws {AwsError} ValidationException when the items of a transaction have more than 4 MB together. */
export function assertAggregateSize(items: Array<Item | undefined>): void {
  const bytes = items.reduce((sum, item) => sum + (item ? itemBytes(item) : 0), 0);
  if (bytes > MAX_TRANSACTION_BYTES) {
    throw validationError(`The aggregate size of the items in the transaction cannot exceed 4 MB, got ${bytes} bytes`);
  }
}

const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * Checks the keys of the members against the tables, in the order in which AWS does it: an empty key refuses the request, the
 * first key of a wrong form cancels the transaction, two actions on one item refuse the request.
 *
 * Returns the keys of the items in the database, which tell them apart from those of other requests.
 *
 * @throws {AwsError} ResourceNotFoundException, ValidationException or TransactionCanceledException.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function identifyItems(members: TransactionMember[], tables: Tables): string[] {
  const errors = members.map(({ request }) => refuseKey(request, tables));
  const empty = errors.find((error) => error && isEmptyKey(error));
  if (empty) throw empty;
  const first = errors.find((error) => error !== undefined);
  if (first) {
    const reason = { Code: 'ValidationError', Message: first.message };
    throw cancelled(errors.map((error) => (error === first ? reason : NO_REASON)));
  }
  const items = members.map(({ request }) => itemIdOf(tables, request));
  if (new Set(items).size < items.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  return items;
}

/** What is wrong with the key of a request for one item. @throws {AwsError} ResourceNotFoundException. */
export function refuseKey(request: Request, tables: Tables): AwsError | undefined {
  const table = tables.get(request.TableName).description;
  const error = request.Item ? validateItem(request.Item, table) : validateKey(request.Key ?? {}, table);
  return error ? (toAwsError(error) as AwsError) : undefined;
}
