import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import deleteItem from 'dynalite/actions/deleteItem';
import getItem from 'dynalite/actions/getItem';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import updateItem from 'dynalite/actions/updateItem';
import type { Item } from 'dynalite/db';
import { checkTypes, checkValidations, type Types } from 'dynalite/validations';
import * as batchGetItemRules from 'dynalite/validations/batchGetItem';
import * as batchWriteItemRules from 'dynalite/validations/batchWriteItem';
import * as deleteItemRules from 'dynalite/validations/deleteItem';
import * as getItemRules from 'dynalite/validations/getItem';
import * as putItemRules from 'dynalite/validations/putItem';
import * as queryRules from 'dynalite/validations/query';
import * as scanRules from 'dynalite/validations/scan';
import * as updateItemRules from 'dynalite/validations/updateItem';
import { toAwsError, validationError } from './errors';
import { itemBytes, MAX_ITEM_BYTES } from './item-rules';

/** The request of an operation after its validation, with the parsed expressions that dynalite adds to it. */
export interface Request extends Record<string, unknown> {
  TableName: string;
  Key?: Item;
  Item?: Item;
  _updates?: { sections: UpdateAction[] };
}

/** One action of an update expression, such as `{ type: 'remove', path: ['lines', 0] }` for `REMOVE lines[0]`. */
interface UpdateAction {
  type: string;
  path: Array<string | number>;
}

export type Body = Record<string, unknown>;

/** The operations that dynalite carries out on items: how, and what it checks of a request. */
export const operations = {
  GetItem: { action: getItem, rules: getItemRules },
  BatchGetItem: { action: batchGetItem, rules: batchGetItemRules },
  Query: { action: query, rules: queryRules },
  Scan: { action: scan, rules: scanRules },
  PutItem: { action: putItem, rules: putItemRules },
  UpdateItem: { action: updateItem, rules: updateItemRules },
  DeleteItem: { action: deleteItem, rules: deleteItemRules },
  BatchWriteItem: { action: batchWriteItem, rules: batchWriteItemRules },
};

export type Operation = keyof typeof operations;
export type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem';

/**
 * Checks the request as far as that is possible without the table. The body is left as it is.
 *
 * @throws {AwsError} ValidationException or SerializationException.
 */
export function parseRequest(operation: Operation, body: Body): Request {
  return checkExpressions(operation, checkForm(body, typesOf(operation)));
}

/**
 * The size of an item is checked here, in bytes. To dynalite the limit is that of BatchGetItem, which answers 16 MB at most:
 * dynalite answers with this and less than a megabyte more.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const engineOptions = { maxItemSize: 15 * 1024 * 1024 };

/** What the members of a request may be, in the words of dynalite. */
export function typesOf(operation: Operation): Types {
  return { ...operations[operation].rules.types, ReturnValuesOnConditionCheckFailure: ON_FAILURE };
}

/** The one member of our requests that dynalite does not know. */
const ON_FAILURE = { type: 'String', enum: ['ALL_OLD', 'NONE'] };

/** A copy of the body without members that are not in `types`. @throws {AwsError} as parseRequest does. */
export function checkForm(body: Body, types: Types): Body {
  try {
    // dynalite deletes from the body what it does not know and writes numbers in their shortest form into it.
    const request = checkTypes(structuredClone(body), types);
    checkValidations(request, types);
    return request;
  } catch (error) {
    throw toAwsError(error);
  }
}

/** Parses the expressions of a request whose form is checked. @throws {AwsError} as parseRequest does. */
export function checkExpressions(operation: Operation, body: Body): Request {
  const request = body as Request;
  const { custom } = operations[operation].rules;
  const refusal = custom?.(request, { options: engineOptions }) ?? furtherRules[operation]?.(request);
  if (refusal) throw validationError(refusal);
  request._updates?.sections.sort(byTurn);
  return request;
}

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

/** What AWS refuses and dynalite does not. Each returns the message. */
const furtherRules: Partial<Record<Operation, (request: Request) => string | undefined>> = {
  PutItem: ({ Item }) => refuseSize(Item),
  DeleteItem: ({ ReturnValues }) =>
    [undefined, 'NONE', 'ALL_OLD'].includes(ReturnValues as string)
      ? undefined
      : 'ReturnValues can only be ALL_OLD or NONE',
  BatchWriteItem: ({ RequestItems }) => {
    const requests = Object.values(RequestItems as Record<string, Array<{ PutRequest?: { Item: Item } }>>).flat();
    if (requests.length > 25) return 'Too many items requested for the BatchWriteItem call';
    return requests.map(({ PutRequest }) => refuseSize(PutRequest?.Item)).find(Boolean);
  },
  Query: refuseSelect,
  Scan: (request) => {
    if (request.Segment === undefined || request.TotalSegments !== undefined) return refuseSelect(request);
    return 'The TotalSegments parameter is required but was not present in the request when Segment parameter is present';
  },
};

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
