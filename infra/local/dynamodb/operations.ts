import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import deleteItem from 'dynalite/actions/deleteItem';
import getItem from 'dynalite/actions/getItem';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import updateItem from 'dynalite/actions/updateItem';
import type { DynaliteStore, Item } from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import * as batchGetItemRules from 'dynalite/validations/batchGetItem';
import * as batchWriteItemRules from 'dynalite/validations/batchWriteItem';
import * as deleteItemRules from 'dynalite/validations/deleteItem';
import * as describeTableRules from 'dynalite/validations/describeTable';
import * as describeTimeToLiveRules from 'dynalite/validations/describeTimeToLive';
import * as getItemRules from 'dynalite/validations/getItem';
import * as listTablesRules from 'dynalite/validations/listTables';
import * as putItemRules from 'dynalite/validations/putItem';
import * as queryRules from 'dynalite/validations/query';
import * as scanRules from 'dynalite/validations/scan';
import * as updateItemRules from 'dynalite/validations/updateItem';
import { toAwsError, validationError } from './engine-error';

/** The request of an operation after its validation, with the parsed expressions that dynalite adds to it. */
export interface Request extends Record<string, unknown> {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
}

export type Result = Record<string, unknown>;

/** The operations that dynalite carries out on items. */
export const readActions = { GetItem: getItem, BatchGetItem: batchGetItem, Query: query, Scan: scan };
export const writeActions = {
  PutItem: putItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  BatchWriteItem: batchWriteItem,
};

export type WriteOperation = keyof typeof writeActions;
export type ValidatedOperation = keyof typeof rules;

/**
 * Checks the request as far as that is possible without the table. The body is left as it is.
 *
 * @throws {AwsError} ValidationException or SerializationException.
 */
export function parseRequest(
  operation: ValidatedOperation,
  body: Record<string, unknown>,
  store: Pick<DynaliteStore, 'options'>,
): Request {
  const { types, custom } = rules[operation];
  const onFailure = parseOnFailure(body.ReturnValuesOnConditionCheckFailure);
  try {
    // dynalite deletes from the body what it does not know and writes numbers in their shortest form into it.
    const request = checkTypes(structuredClone(body), types) as Request;
    checkValidations(request, types, custom, store);
    if (operation === 'BatchWriteItem') assertBatchSize(request);
    return onFailure ? { ...request, ReturnValuesOnConditionCheckFailure: onFailure } : request;
  } catch (error) {
    throw toAwsError(error);
  }
}

const rules = {
  PutItem: putItemRules,
  UpdateItem: updateItemRules,
  DeleteItem: deleteItemRules,
  BatchWriteItem: batchWriteItemRules,
  GetItem: getItemRules,
  BatchGetItem: batchGetItemRules,
  Query: queryRules,
  Scan: scanRules,
  DescribeTable: describeTableRules,
  DescribeTimeToLive: describeTimeToLiveRules,
  ListTables: listTablesRules,
};

/** The one member of our requests that dynalite does not know. */
function parseOnFailure(value: unknown): string | undefined {
  if (value === undefined || value === 'ALL_OLD' || value === 'NONE') return value;
  throw validationError(
    `1 validation error detected: Value '${String(value)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy ` +
      'constraint: Member must satisfy enum value set: [ALL_OLD, NONE]',
  );
}

/** dynalite counts the requests of each table only; AWS allows 25 in all. */
function assertBatchSize(request: Request): void {
  const requests = Object.values(request.RequestItems as Record<string, unknown[]>).flat();
  if (requests.length > 25) throw validationError('Too many items requested for the BatchWriteItem call');
}
