import { type DynaliteStore, type Item, validateItem, validateKey } from 'dynalite/db';
import { AwsError } from '../aws-error';
import { missingMember, toAwsError, validationError } from './engine-error';
import { itemBytes } from './item-size';
import { parseRequest, type Request, type WriteOperation } from './operations';
import { itemKey } from './reading';
import type { Tables } from './tables';

/** One action of a transaction on one item. */
export interface TransactionMember {
  kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck' | 'Get';
  request: Request;
}

/** The operation that carries out a member which writes. */
export const operationOf = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem' } as const satisfies Record<
  string,
  WriteOperation
>;

/** What AWS answers for a member that has nothing to do with the cancellation. */
export const NO_REASON: CancellationReason = { Code: 'None' };

export interface CancellationReason {
  Code: string;
  Message?: string;
  Item?: unknown;
}

/**
 * Checks the members as far as that is possible without the tables.
 *
 * @throws {AwsError} ValidationException.
 */
export function parseMembers(
  body: Record<string, unknown>,
  kinds: ReadonlyArray<TransactionMember['kind']>,
  store: Pick<DynaliteStore, 'options'>,
): TransactionMember[] {
  const items = body.TransactItems;
  if (!Array.isArray(items)) throw missingMember('transactItems');
  if (items.length < 1 || items.length > 100) {
    const limit = items.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 100';
    // AWS shows all of the actions.
    const value = items.length < 1 ? '[]' : `[${items.length} actions]`;
    throw validationError(
      `1 validation error detected: Value '${value}' at 'transactItems' failed to satisfy constraint: ` +
        `Member must have length ${limit}`,
    );
  }
  const members = items.map((item, position) =>
    parseMember(item as Record<string, unknown>, position + 1, kinds, store),
  );
  assertAggregateSize(members.map(({ request }) => request.Item ?? request.Key));
  return members;
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
 * Returns what tells the items apart from each other and from those of other requests.
 *
 * @throws {AwsError} ResourceNotFoundException, ValidationException or TransactionCanceledException.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function identifyItems(members: TransactionMember[], tables: Tables): string[] {
  const errors = members.map(({ request }) => refuseKey(request, tables));
  const empty = errors.find((error) => error && isEmptyKey(error));
  if (empty) throw empty;
  const first = errors.findIndex((error) => error !== undefined);
  if (first >= 0) {
    throw cancelled(
      errors.map((error, position) =>
        position === first && error ? { Code: 'ValidationError', Message: error.message } : NO_REASON,
      ),
    );
  }
  const items = members.map(({ request }) => identifyItem(request, tables));
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

/** Tells the item of a request with a valid key apart from all others. */
export function identifyItem(request: Request, tables: Tables): string {
  return `${request.TableName}~${itemKey(tables, request)}`;
}

/** AWS finds an empty key when it reads the request, before the transaction: it is not a reason of a cancellation. */
export function isEmptyKey(error: AwsError): boolean {
  return error.code === 'ValidationException' && error.message.includes('cannot contain an empty');
}

/** The error of a transaction that was not carried out. */
export function cancelled(reasons: CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

const REQUEST_FIELDS = [
  'TableName',
  'Key',
  'Item',
  'UpdateExpression',
  'ConditionExpression',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
];

function parseMember(
  item: Record<string, unknown>,
  number: number,
  kinds: ReadonlyArray<TransactionMember['kind']>,
  store: Pick<DynaliteStore, 'options'>,
): TransactionMember {
  const given = kinds.filter((kind) => item[kind] != null);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw validationError(
      `TransactItems can only contain one of ${kinds.join(', ')}, got ${given.join(', ') || 'none'} in item ${number}`,
    );
  }
  const path = `transactItems.${number}.member.${kind[0]?.toLowerCase()}${kind.slice(1)}`;
  const fields = item[kind] as Record<string, unknown>;
  if (kind === 'Update' && fields.UpdateExpression == null) throw missingMember(`${path}.updateExpression`);
  if (kind === 'ConditionCheck' && fields.ConditionExpression == null)
    throw missingMember(`${path}.conditionExpression`);
  const body = Object.fromEntries(Object.entries(fields).filter(([field]) => REQUEST_FIELDS.includes(field)));
  try {
    return { kind, request: parseRequest(requestOperation[kind], body, store) };
  } catch (error) {
    throw error instanceof AwsError ? atPath(error, path) : error;
  }
}

/** A condition check has the members of a deletion. */
const requestOperation = { ...operationOf, ConditionCheck: 'DeleteItem', Get: 'GetItem' } as const;

/** dynalite names a member from the beginning of the single request that it has got. */
function atPath(error: AwsError, path: string): AwsError {
  return new AwsError(error.code, error.message.replaceAll(" at '", ` at '${path}.`), error.status, error.fields);
}
