import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

type Wire = Record<string, unknown>;

/** A command of the document client. */
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Wire;
}

/** Members that hold attributes by name, in requests and answers. What else there is has no attributes in it. */
const ATTRIBUTES = new Set([
  ...['Item', 'Key', 'ExclusiveStartKey', 'LastEvaluatedKey', 'ExpressionAttributeValues', 'Attributes'],
]);

/** Members that hold lists of attributes by name. */
const LISTS = new Set(['Items', 'Keys']);

/** Members whose own members are tables' names, each with a list of attributes by name, or with members such as `Keys`. */
const BY_TABLE = new Set(['RequestItems', 'Responses', 'UnprocessedKeys', 'UnprocessedItems']);

/**
 * A document client whose operations go to `run` in the wire form. It marshals as `openTable` asks it to: members that are
 * undefined are left out.
 */
export function documentClient(run: (operation: string, request: Wire) => Promise<Wire>) {
  return {
    async send(command: Command): Promise<Wire> {
      const operation = operationOf(command.constructor.name);
      return convert(await run(operation, convert(command.input, toWire)), fromWire);
    },
  };
}

/** The operation of a command: `GetCommand` is GetItem, `TransactWriteCommand` TransactWriteItems. */
function operationOf(command: string): string {
  const name = command.replace(/Command$/, '');
  if (/^(Query|Scan)$/.test(name)) return name;
  return name.startsWith('Transact') ? `${name}Items` : `${name}Item`;
}

type Convert = (attributes: Wire) => Wire;

const toWire: Convert = (attributes) => marshall(attributes, { removeUndefinedValues: true });
/** Attributes of the wire form as plain values. */
export const fromWire: Convert = (attributes) => unmarshall(attributes as Parameters<typeof unmarshall>[0]);

function convert(body: Wire, attributes: Convert): Wire {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, convertMember(name, value, attributes)]));
}

function convertMember(name: string, value: unknown, attributes: Convert): unknown {
  if (typeof value !== 'object' || value === null || /Names$/.test(name)) return value;
  if (ATTRIBUTES.has(name)) return attributes(value as Wire);
  if (LISTS.has(name)) return (value as Wire[]).map(attributes);
  if (BY_TABLE.has(name)) {
    const tables = Object.entries(value as Wire).map(([table, of]) => [table, convertTable(of, attributes)]);
    return Object.fromEntries(tables);
  }
  if (Array.isArray(value)) return value.map((member) => convertMember('', member, attributes));
  return convert(value as Wire, attributes);
}

/** A list under a table's name is of items in answers, and of requests in `BatchWrite`. */
function convertTable(value: unknown, attributes: Convert): unknown {
  if (!Array.isArray(value)) return convert(value as Wire, attributes);
  return value.map((of: Wire) =>
    'PutRequest' in of || 'DeleteRequest' in of ? convert(of, attributes) : attributes(of),
  );
}
