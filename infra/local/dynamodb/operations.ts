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
import { itemBytes, MAX_ITEM_BYTES } from './item-size';

/** The request of an operation after its validation, with the parsed expressions that dynalite adds to it. */
export interface Request extends Record<string, unknown> {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
  _updates?: { sections: UpdateAction[] };
}

/** One action of an update expression, such as `{ type: 'remove', path: ['lines', 0] }` for `REMOVE lines[0]`. */
interface UpdateAction {
  type: string;
  path: Array<string | number>;
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
    const refusal = furtherRules[operation]?.(request);
    if (refusal) throw validationError(refusal);
    request._updates?.sections.sort(byTurn);
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

/**
 * Which action comes first: removals last, and of them the later elements of a list first, because every path means the item
 * as it was. dynalite goes by the order of the expression, and the first removal moves the other elements.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.REMOVE.RemovingListElements
 */
function byTurn(one: UpdateAction, other: UpdateAction): number {
  if (one.type !== 'remove' || other.type !== 'remove') {
    return Number(one.type === 'remove') - Number(other.type === 'remove');
  }
  const differing = one.path.findIndex((step, depth) => step !== other.path[depth]);
  const [first, second] = [one.path[differing], other.path[differing]];
  return typeof first === 'number' && typeof second === 'number' ? second - first : 0;
}

/** The one member of our requests that dynalite does not know. */
function parseOnFailure(value: unknown): string | undefined {
  if (value === undefined || value === 'ALL_OLD' || value === 'NONE') return value;
  throw validationError(
    `1 validation error detected: Value '${String(value)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy ` +
      'constraint: Member must satisfy enum value set: [ALL_OLD, NONE]',
  );
}

/** What AWS refuses and dynalite does not. Each returns the message. */
const furtherRules: Partial<Record<ValidatedOperation, (request: Request) => string | undefined>> = {
  PutItem: ({ Item }) => refuseSize(Item),
  DeleteItem: ({ ReturnValues }) =>
    [undefined, 'NONE', 'ALL_OLD'].includes(ReturnValues as string)
      ? undefined
      : 'ReturnValues can only be ALL_OLD or NONE',
  BatchWriteItem: ({ RequestItems }) => {
    const requests = Object.values(RequestItems as Record<string, BatchRequest[]>).flat();
    if (requests.length > 25) return 'Too many items requested for the BatchWriteItem call';
    return refuseSize(requests.find(({ PutRequest }) => refuseSize(PutRequest?.Item))?.PutRequest?.Item);
  },
  Query: refuseSelect,
  Scan: (request) => {
    if (request.Segment === undefined || request.TotalSegments !== undefined) return refuseSelect(request);
    return 'The TotalSegments parameter is required but was not present in the request when Segment parameter is present';
  },
};

interface BatchRequest {
  PutRequest?: { Item: Item };
}

function refuseSize(item: Item | undefined): string | undefined {
  return item && itemBytes(item) > MAX_ITEM_BYTES ? 'Item size has exceeded the maximum allowed size' : undefined;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html#DDB-Query-request-Select */
function refuseSelect({ Select, IndexName, ...request }: Request): string | undefined {
  const isProjected = request._projection !== undefined;
  if (Select === 'SPECIFIC_ATTRIBUTES' && !isProjected && request.AttributesToGet === undefined) {
    return 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
  }
  if (isProjected && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    const chosen = Select === 'COUNT' ? 'only the Count' : Select;
    return `Cannot specify the ProjectionExpression when choosing to get ${chosen}`;
  }
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) {
    return 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName';
  }
  return undefined;
}
