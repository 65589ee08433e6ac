/** One operation that is sent to the room and to dynoxide alike: a title, the operation's name and its body. */
export type Operation = readonly [title: string, name: string, body: Record<string, unknown>];

/** The table that both sides have. */
export const TABLE = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'line', AttributeType: 'N' },
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'madeAt', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'line', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-owner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'madeAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
    },
  ],
};

const T = TABLE.TableName;
const S = (text: string) => ({ S: text });
const N = (number: number | string) => ({ N: String(number) });
const key = (id: string, line: number | string = 1) => ({ id: S(id), line: N(line) });
const item = (id: string, line: number, more: Record<string, unknown> = {}) => ({ ...key(id, line), ...more });

function put(title: string, Item: unknown, more: Record<string, unknown> = {}): Operation {
  return [title, 'PutItem', { TableName: T, Item, ...more }];
}

function get(title: string, Key: unknown, more: Record<string, unknown> = {}): Operation {
  return [title, 'GetItem', { TableName: T, Key, ...more }];
}

function remove(title: string, Key: unknown, more: Record<string, unknown> = {}): Operation {
  return [title, 'DeleteItem', { TableName: T, Key, ...more }];
}

/** Names and values are given as `#n` and `:v` members of one object. */
function update(title: string, id: string, UpdateExpression: string, placeholders = {}, more = {}): Operation {
  const request = { TableName: T, Key: key(id), UpdateExpression, ReturnValues: 'ALL_NEW' };
  return [title, 'UpdateItem', { ...request, ...resolve(placeholders), ...more }];
}

function query(title: string, KeyConditionExpression: string, placeholders = {}, more = {}): Operation {
  return [title, 'Query', { TableName: T, KeyConditionExpression, ...resolve(placeholders), ...more }];
}

function scan(title: string, FilterExpression: string, placeholders = {}, more = {}): Operation {
  return [title, 'Scan', { TableName: T, FilterExpression, ...resolve(placeholders), ...more }];
}

function transact(title: string, TransactItems: unknown[], more: Record<string, unknown> = {}): Operation {
  return [title, 'TransactWriteItems', { TransactItems, ...more }];
}

function resolve(placeholders: Record<string, unknown>): Record<string, unknown> {
  const chosen = (sign: string) => Object.entries(placeholders).filter(([name]) => name.startsWith(sign));
  const [names, values] = [chosen('#'), chosen(':')];
  return {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

const onKey = (id: string, more: Record<string, unknown> = {}) => ({ TableName: T, Key: key(id), ...more });
const putOf = (id: string, more: Record<string, unknown> = {}) => ({
  Put: { TableName: T, Item: item(id, 1), ...more },
});
const IS_NEW = { ConditionExpression: 'attribute_not_exists(id)' };
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' };
const OLD_ON_FAILURE = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
const ADD_ONE = { UpdateExpression: 'ADD hits :one', ExpressionAttributeValues: { ':one': N(1) } };
const OF_X = { '#o': 'owner', ':x': S('x') };
const BY_OWNER = { IndexName: 'by-owner' };

const WRITES: Operation[] = [
  put('put', item('a', 1, { owner: S('x'), madeAt: N(5), note: S('n'), more: S('m') }), INDEXES),
  put('put over', item('a', 1, { owner: S('x'), madeAt: N(6) }), { ...INDEXES, ReturnValues: 'ALL_OLD' }),
  put('put that moves the index entry', item('a', 1, { owner: S('y'), madeAt: N(6) }), INDEXES),
  put('put the same', item('a', 1, { owner: S('y'), madeAt: N(6) }), INDEXES),
  put('put all types', {
    ...key('types'),
    b: { B: 'AQI=' },
    yes: { BOOL: true },
    no: { NULL: true },
    l: { L: [S('x'), N(1), { M: { deep: { SS: ['a', 'b'] } } }] },
    ns: { NS: ['1', '2.50'] },
    bs: { BS: ['AQ==', 'Ag=='] },
    empty: S(''),
  }),
  get('get all types', key('types')),
  put('put a condition that fails', item('a', 1), IS_NEW),
  put('put a condition that fails, with item', item('a', 1), { ...IS_NEW, ...OLD_ON_FAILURE }),
  put('put ReturnValues ALL_NEW', item('a', 1), { ReturnValues: 'ALL_NEW' }),
  put('put without sort key', { id: S('a') }),
  put('put a key of another type', { id: N(1), line: N(1) }),
  put('put an empty key', { id: S(''), line: N(1) }),
  put('put an empty index key', item('e', 1, { owner: S('') })),
  put('put an index key of another type', item('e', 1, { owner: N(1) })),
  put('put 38 digits', item('digits', 1, { n: N('12345678901234567890123456789012345678') })),
  get('get 38 digits', key('digits')),
  put('put 39 digits', item('digits', 1, { n: N('123456789012345678901234567890123456789') })),
  put('put 1e126', item('digits', 1, { n: N('1e126') })),
  put('put no number', item('digits', 1, { n: N('one') })),
  put('put an empty set', item('sets', 1, { s: { SS: [] } })),
  put('put a set with duplicates', item('sets', 1, { s: { SS: ['a', 'a'] } })),
  put('put too large', item('large', 1, { text: S('x'.repeat(400 * 1024)) })),
  put('put too large in bytes', item('large', 1, { text: S('é'.repeat(205 * 1024)) })),
  put('put with an unused value', item('new', 1), { ...IS_NEW, ...resolve({ ':x': S('x') }) }),
  put('put with an unused name', item('new', 1), { ...IS_NEW, ...resolve({ '#x': 'x' }) }),
  put('put with an undefined value', item('a', 1), { ConditionExpression: 'id = :x' }),
  put('put with an undefined name', item('a', 1), { ConditionExpression: 'attribute_exists(#x)' }),
  put('put with a reserved word', item('a', 1), { ConditionExpression: 'attribute_exists(status)' }),
  put('put with an empty expression', item('a', 1), { ConditionExpression: '' }),
  remove('delete', key('types'), { ReturnValues: 'ALL_OLD', ...INDEXES }),
  remove('delete what is not there', key('types'), { ReturnValues: 'ALL_OLD', ...INDEXES }),
  remove('delete an indexed item', key('a'), INDEXES),
  remove('delete a condition that fails', key('none'), {
    ConditionExpression: 'attribute_exists(id)',
    ...OLD_ON_FAILURE,
  }),
  remove('delete a key with too much', { ...key('a'), more: S('m') }),
];

const UPDATES: Operation[] = [
  update('update what is not there', 'u', 'SET a = :a, m = :m, l = :l', {
    ':a': N(1),
    ':m': { M: { a: { L: [N(1), N(2)] } } },
    ':l': { L: [S('0'), S('1'), S('2'), S('3')] },
  }),
  update('update arithmetic', 'u', 'SET a = a + :one, b = if_not_exists(b, :one)', { ':one': N(1) }),
  update('update a nested path', 'u', 'SET m.b = :x, m.a[0] = :x', { ':x': S('x') }),
  update('update list_append', 'u', 'SET l = list_append(:x, l)', { ':x': { L: [S('-1')] } }),
  update('update swaps attributes', 'u', 'SET a = b, b = a'),
  put('put a long list', item('long', 1, { l: { L: [S('0'), S('1'), S('2'), S('3')] } })),
  update('update removes list elements', 'long', 'REMOVE l[0], l[2]'),
  remove('delete the long list', key('long')),
  put('put a short list', item('far', 1, { l: { L: [S('0')] } })),
  update('update adds to a set', 'u', 'ADD tags :t', { ':t': { SS: ['x', 'y'] } }),
  update('update deletes from a set', 'u', 'DELETE tags :t', { ':t': { SS: ['x'] } }),
  update('update empties a set', 'u', 'DELETE tags :t', { ':t': { SS: ['y'] } }),
  update('update returns UPDATED_OLD', 'u', 'SET a = :x', { ':x': S('x') }, { ReturnValues: 'UPDATED_OLD' }),
  update('update returns UPDATED_NEW', 'u', 'SET a = :x, m.b = :x', { ':x': N(7) }, { ReturnValues: 'UPDATED_NEW' }),
  update('update returns nothing', 'u', 'SET a = :x', { ':x': N(8) }, { ReturnValues: 'NONE', ...INDEXES }),
  update('update gives an index key', 'u', 'SET #o = :x, madeAt = :n', { ...OF_X, ':n': N(99) }, INDEXES),
  update('update empties an index key', 'u', 'SET #o = :x', { '#o': 'owner', ':x': S('') }),
  update('update gives an index key another type', 'u', 'SET #o = :x', { '#o': 'owner', ':x': N(1) }),
  update('update a key', 'u', 'SET line = :x', { ':x': N(2) }),
  update('update without a path', 'u', 'SET nowhere.a = :x', { ':x': N(2) }),
  update('update refers to nothing', 'u', 'SET a = nowhere'),
  update('update adds to a text', 'u', 'SET m.c = m.b + :x', { ':x': S('x') }),
  update('update ADD to a map', 'u', 'ADD m :x', { ':x': N(1) }),
  update('update to 39 digits', 'u', 'SET big = :a + :b', { ':a': N('1e38'), ':b': N(1) }),
  update('update two paths overlap', 'u', 'SET m = :x, m.a = :x', { ':x': N(1) }),
  update('update two SET', 'u', 'SET a = :x SET b = :x', { ':x': N(1) }),
  update(
    'update a condition that fails',
    'u',
    'SET a = :x',
    { ':x': N(9) },
    { ConditionExpression: 'a = :x', ...OLD_ON_FAILURE },
  ),
  update('update a condition on size', 'u', 'SET a = :x', { ':x': N(9) }, { ConditionExpression: 'size(l) > :x' }),
  get('get a projection', key('u'), { ProjectionExpression: 'm.a[1], a, l[0]' }),
  get('get what is not there', key('none'), { ReturnConsumedCapacity: 'TOTAL' }),
  get('get consistently', key('u'), { ConsistentRead: true, ...INDEXES }),
  update('update beyond the end of a list', 'far', 'SET l[7] = :x', { ':x': S('x') }),
  get('get an empty key', key('')),
  get('get from no table', key('u'), { TableName: 'none' }),
];

const lines = Array.from({ length: 6 }, (_, n) => ({
  PutRequest: { Item: item('q', n + 1, { owner: S('x'), madeAt: N(n), note: S(`n${n}`), other: S('o') }) },
}));

const READS: Operation[] = [
  ['batch write', 'BatchWriteItem', { RequestItems: { [T]: lines }, ...INDEXES }],
  ['batch write twice the same', 'BatchWriteItem', { RequestItems: { [T]: [lines[0], lines[0]] } }],
  ['batch write with an empty key', 'BatchWriteItem', { RequestItems: { [T]: [{ DeleteRequest: { Key: key('') } }] } }],
  [
    'batch get',
    'BatchGetItem',
    { RequestItems: { [T]: { Keys: [key('q', 1), key('q', 2), key('q', 99)] } }, ...INDEXES },
  ],
  ['batch get twice the same', 'BatchGetItem', { RequestItems: { [T]: { Keys: [key('q', 1), key('q', 1)] } } }],
  query('query', 'id = :i', { ':i': S('q') }, INDEXES),
  query('query backwards', 'id = :i', { ':i': S('q') }, { ScanIndexForward: false, Limit: 2 }),
  query('query between', 'id = :i AND line BETWEEN :a AND :b', { ':i': S('q'), ':a': N(2), ':b': N(4) }),
  query('query after', 'id = :i AND line > :a', { ':i': S('q'), ':a': N(4) }),
  query('query from a start', 'id = :i', { ':i': S('q') }, { ExclusiveStartKey: key('q', 4) }),
  query(
    'query with a filter and a limit',
    'id = :i',
    { ':i': S('q'), ':n': S('n3') },
    { FilterExpression: 'note = :n', Limit: 2 },
  ),
  query('query a count', 'id = :i', { ':i': S('q') }, { Select: 'COUNT' }),
  query('query a filter on a key', 'id = :i', { ':i': S('q'), ':n': N(1) }, { FilterExpression: 'line = :n' }),
  query('query SPECIFIC_ATTRIBUTES without any', 'id = :i', { ':i': S('q') }, { Select: 'SPECIFIC_ATTRIBUTES' }),
  query(
    'query a projection and a count',
    'id = :i',
    { ':i': S('q') },
    { Select: 'COUNT', ProjectionExpression: 'note' },
  ),
  query('query without the hash key', 'line = :n', { ':n': N(1) }),
  query('query OR', 'id = :i OR line = :n', { ':i': S('q'), ':n': N(1) }),
  query('query an index', '#o = :x AND madeAt = :n', { ...OF_X, ':n': N(0) }, { ...BY_OWNER, ...INDEXES }),
  query('query an index for a range', '#o = :x AND madeAt > :n', { ...OF_X, ':n': N(0) }, BY_OWNER),
  query('query an index consistently', '#o = :x', OF_X, { ...BY_OWNER, ConsistentRead: true }),
  query('query all attributes of an index', '#o = :x', OF_X, { ...BY_OWNER, Select: 'ALL_ATTRIBUTES' }),
  query('query an index that is not there', '#o = :x', OF_X, { IndexName: 'by-none' }),
  scan('scan', 'begins_with(note, :n) AND NOT contains(note, :three)', { ':n': S('n'), ':three': S('3') }),
  scan('scan IN and size', 'note IN (:a, :b) OR size(l) = :five', { ':a': S('n1'), ':b': S('n2'), ':five': N(5) }),
  scan('scan by type', 'attribute_type(m, :m)', { ':m': S('M') }),
  scan('scan of an index', 'madeAt <> :n', { ':n': N(0) }, BY_OWNER),
  scan('scan a segment that is too high', 'id = :i', { ':i': S('q') }, { Segment: 2, TotalSegments: 2 }),
  scan('scan a segment without the total', 'id = :i', { ':i': S('q') }, { Segment: 0 }),
];

const TRANSACTIONS: Operation[] = [
  transact('transact', [putOf('t1'), { Update: onKey('t2', ADD_ONE) }, { Delete: onKey('digits') }], INDEXES),
  transact('transact with reasons', [
    putOf('t3'),
    putOf('t1', { ...IS_NEW, ...OLD_ON_FAILURE }),
    { ConditionCheck: onKey('none', { ConditionExpression: 'attribute_exists(id)' }) },
  ]),
  transact('transact an update that does not fit', [
    { Update: onKey('u', { ...ADD_ONE, UpdateExpression: 'ADD m :one' }) },
  ]),
  transact('transact twice one item', [putOf('t1'), { Delete: onKey('t1') }]),
  transact('transact nothing', []),
  transact('transact without a key', [putOf('t4'), { Put: { TableName: T, Item: { id: S('t5') } } }]),
  transact('transact an empty key', [{ Delete: { TableName: T, Key: key('') } }]),
  transact('transact an empty index key', [putOf('t4', { Item: item('t4', 1, { owner: S('') }) })]),
  transact('transact in no table', [putOf('t4'), putOf('t5', { TableName: 'none' })]),
  transact('transact with an index', [putOf('t6', { Item: item('t6', 1, { owner: S('z'), madeAt: N(1) }) })], INDEXES),
  transact('transact with a token', [{ Update: onKey('t2', ADD_ONE) }], { ClientRequestToken: 'token', ...INDEXES }),
  transact('transact again', [{ Update: onKey('t2', ADD_ONE) }], { ClientRequestToken: 'token', ...INDEXES }),
  transact('transact another with the token', [putOf('t9')], { ClientRequestToken: 'token' }),
  get('get after the repetition', key('t2')),
  ['transact get', 'TransactGetItems', { TransactItems: [{ Get: onKey('t2') }, { Get: onKey('none') }], ...INDEXES }],
  ['transact get twice one item', 'TransactGetItems', { TransactItems: [{ Get: onKey('t2') }, { Get: onKey('t2') }] }],
];

/** In this order: what one writes the next reads. */
export const OPERATIONS: readonly Operation[] = [...WRITES, ...UPDATES, ...READS, ...TRANSACTIONS];
