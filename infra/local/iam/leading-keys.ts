import { type Body, type Need, type NeedSources, objectsIn, textIn } from './need';

/** What a condition may ask of a request for items: the partition keys that it is about, of an index if it asks one. */
type KeyContext = Required<Pick<Need, 'context'>>;

/**
 * The keys of items that a request names. One that is missing there is the empty text, which no item has: a policy that names keys does
 * not allow the request, and its service would refuse it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function keysOfItems(table: unknown, items: readonly unknown[], sources: NeedSources): KeyContext {
  const name = sources.partitionKeyOf(textIn(table)) ?? '';
  return toContext(items.map((item) => toText((item as Body | undefined)?.[name])));
}

/** The key that a query asks for; the empty text when it cannot be made out, as where the value stands before the name. */
export function keysOfQuery(request: Body, sources: NeedSources): KeyContext {
  const { TableName, IndexName, KeyConditions, KeyConditionExpression } = request;
  const index = IndexName === undefined ? undefined : textIn(IndexName);
  const name = sources.partitionKeyOf(textIn(TableName), index) ?? '';
  const names = (request.ExpressionAttributeNames ?? {}) as Body;
  const values = (request.ExpressionAttributeValues ?? {}) as Body;
  const equalities = [...textIn(KeyConditionExpression).matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)];
  const asked = equalities
    .filter(([, token = '']) => (token.startsWith('#') ? names[token] : token) === name)
    .map(([, , value = '']) => values[value]);
  const older = (KeyConditions as Record<string, Body> | undefined)?.[name];
  const found = [...asked, ...objectsIn(older?.AttributeValueList)];
  return toContext(found.length > 0 ? found.map(toText) : ['']);
}

function toContext(values: readonly string[]): KeyContext {
  return { context: { 'dynamodb:LeadingKeys': [...new Set(values)] } };
}

/** A value as DynamoDB has it on the wire: text, a number or bytes, each written as text. */
function toText(value: unknown): string {
  const [[, text] = []] = Object.entries((value ?? {}) as Body);
  return textIn(text);
}
