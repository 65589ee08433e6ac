import { needsOf } from '../../../../infra/local/iam/needs';

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/circuits';

const sources = {
  region: 'us-east-1',
  accountId: '123456789012',
  secretArn: (id: string) => id,
  streamArnOf: () => '*',
  partitionKeyOf: (table: string, index?: string) =>
    ({ circuits: 'service', [TABLE]: 'service', 'circuits/byDay': 'day' })[index ? `${table}/${index}` : table],
  sourceQueueArns: () => [],
};

const TableName = 'circuits';
/** The partition key among others, which come first. */
const item = (service: string) => ({ circuit: { S: 'carrier' }, service: { S: service }, v: { N: '1' } });

/** The partition keys that a request is about, for each need. */
function keysOf(operation: string, body: object): unknown[] {
  return needsOf('DynamoDB_20120810', operation, { ...body }, sources).map(
    ({ context }) => context?.['dynamodb:LeadingKeys'],
  );
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
describe('the partition keys that a policy may ask about', () => {
  it.each<[string, object, string[]]>([
    ['GetItem', { TableName, Key: item('payments') }, ['payments']],
    ['GetItem', { TableName: TABLE, Key: item('payments') }, ['payments']],
    ['UpdateItem', { TableName, Key: item('payments') }, ['payments']],
    ['DeleteItem', { TableName, Key: item('payments') }, ['payments']],
    ['PutItem', { TableName, Item: item('payments') }, ['payments']],
    ['PutItem', { TableName, Item: { service: { N: '7' } } }, ['7']],
    ['BatchGetItem', { RequestItems: { circuits: { Keys: [item('a'), item('b'), item('a')] } } }, ['a', 'b']],
    [
      'BatchWriteItem',
      { RequestItems: { circuits: [{ PutRequest: { Item: item('a') } }, { DeleteRequest: { Key: item('b') } }] } },
      ['a', 'b'],
    ],
  ])('%s %j', (operation, body, expected) => {
    expect(keysOf(operation, body)).toEqual([expected]);
  });

  it.each<[string, object, string[]]>([
    ['by name', { KeyConditionExpression: 'service = :s' }, ['payments']],
    ['by alias', { KeyConditionExpression: '#s=:s', ExpressionAttributeNames: { '#s': 'service' } }, ['payments']],
    ['in brackets', { KeyConditionExpression: '(service = :s) AND begins_with(circuit, :c)' }, ['payments']],
    ['after the sort key', { KeyConditionExpression: 'circuit = :c AND service = :s' }, ['payments']],
    ['of an index', { KeyConditionExpression: 'day = :d', IndexName: 'byDay' }, ['monday']],
    ['in the older form', { KeyConditions: { service: { AttributeValueList: [{ S: 'payments' }] } } }, ['payments']],
    ['twice', { KeyConditionExpression: 'service = :s AND service = :c' }, ['payments', 'carrier']],
    // Nobody's key: a policy that names keys does not allow it.
    ['backwards', { KeyConditionExpression: ':s = service' }, ['']],
    ['by an alias of another', { KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'v' } }, ['']],
    ['by a longer name', { KeyConditionExpression: 'the-service = :s' }, ['']],
    ['not at all', {}, ['']],
    ['of an index that there is not', { KeyConditionExpression: 'service = :s', IndexName: 'byNight' }, ['']],
  ])('Query: %s', (_, body, expected) => {
    const values = { ':s': { S: 'payments' }, ':c': { S: 'carrier' }, ':d': { S: 'monday' } };

    expect(keysOf('Query', { TableName, ExpressionAttributeValues: values, ...body })).toEqual([expected]);
  });

  it('of a transaction are those of each member for itself', () => {
    const TransactItems = [
      { Update: { TableName, Key: item('payments') } },
      { Put: { TableName, Item: item('shipping') } },
    ];

    expect(keysOf('TransactWriteItems', { TransactItems })).toEqual([['payments'], ['shipping']]);
  });

  it('are unknown where the request names none, and no policy that names some allows it', () => {
    expect(keysOf('UpdateItem', { TableName })).toEqual([['']]);
    expect(keysOf('UpdateItem', { TableName: 'another', Key: item('payments') })).toEqual([['']]);
  });

  it('are no part of a scan, which goes through all of them', () => {
    expect(keysOf('Scan', { TableName })).toEqual([undefined]);
  });
});
